// SPDX-License-Identifier: Apache-2.0

// Locks with samuel/go-zookeeper as its input says: wait PATH, release PATH. Argument: servers.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/samuel/go-zookeeper/zk"
)

type nobody struct{}

func (nobody) Printf(string, ...interface{}) {}

func told(err error, word string) {
	if err != nil {
		fmt.Println("failed", err)
	} else {
		fmt.Println(word)
	}
}

func main() {
	servers := strings.Split(os.Args[1], ",")
	conn, _, err := zk.Connect(servers, 2*time.Second, func(c *zk.Conn) { c.SetLogger(nobody{}) })
	told(err, "ready")
	locks := map[string]*zk.Lock{}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		words := strings.Fields(in.Text())
		lock := locks[words[1]]
		if lock == nil {
			lock = zk.NewLock(conn, words[1], zk.WorldACL(zk.PermAll))
			locks[words[1]] = lock
		}
		if words[0] == "wait" {
			fmt.Println("waiting")
			told(lock.Lock(), "held")
		} else {
			told(lock.Unlock(), "released")
		}
	}
}
