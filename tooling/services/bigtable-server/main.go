// Google's in-memory Bigtable server with room for large messages, as the stock cbtemulator has it.
// Prints the address it listens on and runs until it is told to stop.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"cloud.google.com/go/bigtable/bttest"
	"google.golang.org/grpc"
)

const maxMessageBytes = 256 << 20

func main() {
	port := flag.Int("port", 0, "the loopback port to listen on; 0 takes a free one")
	flag.Parse()
	server, err := bttest.NewServer(
		fmt.Sprintf("127.0.0.1:%d", *port),
		grpc.MaxRecvMsgSize(maxMessageBytes),
		grpc.MaxSendMsgSize(maxMessageBytes),
	)
	if err != nil {
		log.Fatalf("cannot listen: %v", err)
	}
	fmt.Printf("Cloud Bigtable emulator running on %s\n", server.Addr)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	server.Close()
}
