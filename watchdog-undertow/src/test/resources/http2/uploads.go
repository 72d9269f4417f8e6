// Uploads that are answered early, and a request beside them, on one HTTP/2 connection. Prints a line for each.
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
)

var connections int

func send(client *http.Client, method, path string, size int64) string {
	var body io.Reader
	if size > 0 {
		body = io.LimitReader(zeros{}, size)
	}
	request, err := http.NewRequest(method, "http://127.0.0.1:"+os.Args[1]+path, body)
	if err != nil {
		return err.Error()
	}
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			connections++
		}
	}}
	response, err := client.Do(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", response.StatusCode, strings.TrimSpace(string(text)))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func main() {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: protocols}}
	slow := make(chan string)
	begun := make(chan bool)
	go func() {
		begun <- true
		answer := send(client, "POST", "/slow", 1<<20)
		for strings.HasPrefix(answer, "429") {
			answer = send(client, "POST", "/slow", 1<<20)
		}
		slow <- answer
	}()
	<-begun
	refused := 0
	for i := 0; i < 20 || (refused == 0 && i < 2000); i++ {
		answer := send(client, "POST", "/refused", 1<<20)
		if strings.HasPrefix(answer, "429") {
			refused++
		} else if !strings.HasPrefix(answer, "200") {
			fmt.Println("refused: " + answer)
		}
	}
	fmt.Println("slow: " + <-slow)
	for i := 0; i < 5; i++ {
		fmt.Println("next: " + send(client, "GET", "/next", 0))
	}
	fmt.Println("connections:", connections)
}
