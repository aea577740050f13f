package mailtest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Mail is what the server got, taken apart as a mail program would.
type Mail struct {
	// From and To are the addresses of the SMTP dialog.
	From, To string
	// Header has the headers as sent; Subject is decoded.
	Header  netmail.Header
	Subject string
	// Text and HTML are the two alternatives, decoded, with plain line breaks.
	Text, HTML string
	// Links are the addresses in the HTML, in order, each once.
	Links []string
	// Raw is the message as transmitted.
	Raw []byte
	// At is when it arrived.
	At time.Time
	// Broken says what is wrong with the message, if a mail program could not read it.
	Broken error
}

// parse never fails: a broken message is kept too, and says so.
func parse(from, to string, raw []byte) Mail {
	m := Mail{From: from, To: to, Raw: raw, At: time.Now()}
	message, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.Broken = err
		return m
	}
	m.Header = message.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		m.Broken = err
	}
	if err := m.read(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), message.Body); err != nil {
		m.Broken = err
	}
	m.Links = links(m.HTML)
	return m
}

// read takes one part of the message, and the parts in it.
func (m *Mail) read(contentType, encoding string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := m.read(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch kind {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	}
	return nil
}

// links lists everything in a page that a mail program would open or fetch.
func links(page string) []string {
	var found []string
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, a := range z.Token().Attr {
				if slices.Contains([]string{"href", "src", "action", "background", "srcset"}, a.Key) && !slices.Contains(found, a.Val) {
					found = append(found, a.Val)
				}
			}
		}
	}
}
