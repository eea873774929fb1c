// Reads and writes prediction rows with Google's own client, to check the rows of @foretile/storage-bigtable from
// outside. Written from docs/formats/predictions-v1.md and from nothing else of this repository.
//
// A row is one miner's answer: key ASSET#UNIX#MINER (the miner's id padded to six digits), family p, qualifier d, and the
// float32 prices of the answer in the cell, little-endian, one path after the other.
//
//	upstream_rows create PROJECT INSTANCE TABLE          makes a table with the family
//	upstream_rows put PROJECT INSTANCE TABLE KEY FILE    stores a file as a row; the server chooses the timestamp
//	upstream_rows get PROJECT INSTANCE TABLE PREFIX DIR  writes the newest cell of each row to DIR/KEY.f32
//	upstream_rows list PROJECT INSTANCE TABLE PREFIX     prints key, timestamp in microseconds and bytes of each cell
//
// BIGTABLE_EMULATOR_HOST is honoured. Builds with Debian's golang-google-cloud-dev:
//
//	GOPATH=/usr/share/gocode GO111MODULE=off go build
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"cloud.google.com/go/bigtable"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
)

const (
	family    = "p"
	qualifier = "d"
	// A row of 1000 paths of 289 points is 1.1 MB; a response may hold several.
	maxMessage = 256 << 20
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "upstream_rows:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	wanted := map[string]int{"create": 4, "put": 6, "get": 6, "list": 5}
	if len(args) == 0 || wanted[args[0]] != len(args) {
		return fmt.Errorf("usage: create PROJECT INSTANCE TABLE, put … KEY FILE, get … PREFIX DIR, list … PREFIX")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if args[0] == "create" {
		return create(ctx, args[1], args[2], args[3])
	}
	client, err := bigtable.NewClient(ctx, args[1], args[2],
		option.WithGRPCDialOption(grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage))))
	if err != nil {
		return err
	}
	defer client.Close()
	table := client.Open(args[3])
	switch args[0] {
	case "put":
		return put(ctx, table, args[4], args[5])
	case "get":
		return get(ctx, table, args[4], args[5])
	default:
		return list(ctx, table, args[4])
	}
}

func create(ctx context.Context, project, instance, table string) error {
	admin, err := bigtable.NewAdminClient(ctx, project, instance)
	if err != nil {
		return err
	}
	defer admin.Close()
	if err := admin.CreateTable(ctx, table); err != nil {
		return err
	}
	return admin.CreateColumnFamily(ctx, table, family)
}

func put(ctx context.Context, table *bigtable.Table, key, file string) error {
	value, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	mutation := bigtable.NewMutation()
	mutation.Set(family, qualifier, bigtable.ServerTime, value)
	return table.Apply(ctx, key, mutation)
}

func get(ctx context.Context, table *bigtable.Table, prefix, dir string) error {
	filter := bigtable.ChainFilters(column(), bigtable.LatestNFilter(1))
	return read(ctx, table, prefix, filter, func(key string, item bigtable.ReadItem) error {
		return os.WriteFile(filepath.Join(dir, key+".f32"), item.Value, 0o644)
	})
}

func list(ctx context.Context, table *bigtable.Table, prefix string) error {
	return read(ctx, table, prefix, column(), func(key string, item bigtable.ReadItem) error {
		_, err := fmt.Println(key + "\t" + strconv.FormatInt(int64(item.Timestamp), 10) + "\t" + strconv.Itoa(len(item.Value)))
		return err
	})
}

func column() bigtable.Filter {
	return bigtable.ChainFilters(bigtable.FamilyFilter(family), bigtable.ColumnFilter(qualifier))
}

func read(ctx context.Context, table *bigtable.Table, prefix string, filter bigtable.Filter,
	each func(string, bigtable.ReadItem) error) error {
	var failure error
	err := table.ReadRows(ctx, bigtable.PrefixRange(prefix), func(row bigtable.Row) bool {
		for _, item := range row[family] {
			if failure = each(row.Key(), item); failure != nil {
				return false
			}
		}
		return true
	}, bigtable.RowFilter(filter))
	if err != nil {
		return err
	}
	return failure
}
