// A gRPC function without a library: it sends each message back. Listens on a free port and prints which.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
)

func echo(w http.ResponseWriter, r *http.Request) {
	message, err := io.ReadAll(r.Body)
	if err != nil {
		log.Print(err)
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Write(message)
	// The head leaves before the end is known, as in servers of gRPC: without Content-Length.
	w.(http.Flusher).Flush()
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Listening on port: %d\n", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: http.HandlerFunc(echo), Protocols: new(http.Protocols)}
	server.Protocols.SetUnencryptedHTTP2(true)
	log.Fatal(server.Serve(listener))
}
