package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
)

// freeAddress is a loopback address on which nothing listens now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func fetch(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

func matches(page string, pattern *regexp.Regexp) bool {
	for line := range strings.Lines(page) {
		if pattern.MatchString(strings.TrimSpace(line)) {
			return true
		}
	}
	return false
}
