package endtoend

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
)

// inbox is Slack and a mail server. It keeps what it is sent, as text that a
// person can read.
type inbox struct {
	slack string // the address of Slack's webhook
	smtp  string // the mail server's, host:port

	mu       sync.Mutex
	messages []string
}

// openInbox opens one until the test ends.
func openInbox(t *testing.T) *inbox {
	t.Helper()
	in := &inbox{}
	slack := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := slackText(r.Body)
		if err != nil {
			t.Errorf("a message to Slack cannot be read: %v", err)
		}
		in.keep(text)
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(slack.Close)
	in.slack = slack.URL
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	in.smtp = l.Addr().String()
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed
			}
			open.Go(func() {
				defer conn.Close()
				if err := in.receive(conn); err != nil {
					t.Errorf("a mail cannot be read: %v", err)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		open.Wait()
	})
	return in
}

func (in *inbox) keep(message string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.messages = append(in.messages, message)
}

// having are the messages so far that hold all of some texts.
func (in *inbox) having(texts ...string) []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	var out []string
	for _, m := range in.messages {
		if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(m, text) }) {
			out = append(out, m)
		}
	}
	return out
}

// all are the messages so far, in alphabetical order.
func (in *inbox) all() string {
	messages := in.having()
	slices.Sort(messages)
	return strings.Join(messages, "\n")
}

// slackText is a message to Slack as one reads it there.
func slackText(body io.Reader) (string, error) {
	var m struct {
		Channel     string
		Attachments []struct {
			Title, Color, Text, Footer string
			Link                       string `json:"title_link"`
		}
	}
	if err := json.NewDecoder(body).Decode(&m); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, "=== Slack %s %s\n%s\n-> %s\n\n%s\n(%s)\n", m.Channel, a.Color, a.Title, a.Link, strings.TrimSpace(a.Text), a.Footer)
	}
	return b.String(), nil
}

// receive speaks SMTP with a client that sends mails.
func (in *inbox) receive(conn net.Conn) error {
	r := bufio.NewReader(conn)
	say := func(line string) error { _, err := io.WriteString(conn, line+"\r\n"); return err }
	if err := say("220 inbox"); err != nil {
		return err
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil //nolint:nilerr // it has gone
		}
		answer := "250 ok"
		switch verb := strings.ToUpper(strings.Fields(line + " .")[0]); verb {
		case "EHLO", "HELO":
			answer = "250 inbox"
		case "QUIT":
			return say("221 bye")
		case "DATA":
			if err := say("354 go on"); err != nil {
				return err
			}
			if err := in.mail(r); err != nil {
				return err
			}
		}
		if err := say(answer); err != nil {
			return err
		}
	}
}

// mail reads a mail up to the line with a point.
func (in *inbox) mail(r *bufio.Reader) error {
	var raw bytes.Buffer
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if line == ".\r\n" {
			break
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
	m, err := mail.ReadMessage(&raw)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	_, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	text := fmt.Sprintf("=== Mail to %s\nSubject: %s\n", m.Header.Get("To"), subject)
	for parts := multipart.NewReader(m.Body, parameters["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			in.keep(text)
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return err
		}
		text += fmt.Sprintf("--- %s\n%s\n", p.Header.Get("Content-Type"), strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")))
	}
}
