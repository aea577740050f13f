package mail_test

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"testing"
	"time"

	"roster/internal/mail"
	"roster/internal/mail/mailtest"
)

const ada = "ada@acme.test"

// letter is a small complete envelope.
func letter(to string) mail.Envelope {
	return mail.Envelope{
		MessageID: "let_01k8m4t2v6@roster.test",
		Date:      time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
		From:      netmail.Address{Name: "Žofia & Söhne, Ltd.", Address: "roster@roster.test"},
		ReplyTo:   netmail.Address{Address: "it@acme.test"},
		To:        to,
		Message: mail.Message{
			Subject: "Grüße, " + strings.Repeat("a rather long subject ", 6),
			Text:    "Grüße!\n\n.\n.. dots\n" + strings.Repeat("long ", 60) + "\n",
			HTML:    `<p>Grüße! <a href="https://roster.test/x?a=1&amp;b=2">Open</a></p>`,
		},
	}
}

func open(t *testing.T, rawURL string) *mail.SMTP {
	t.Helper()
	sender, err := mail.Open(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func TestSendDelivers(t *testing.T) {
	for name, offers := range map[string][]mailtest.Offer{
		"plain":                 nil,
		"plain with sign-in":    {mailtest.Auth},
		"STARTTLS with sign-in": {mailtest.StartTLS, mailtest.Auth},
		"smtps":                 {mailtest.TLS},
		"smtps with sign-in":    {mailtest.TLS, mailtest.Auth},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, offers...)
			e := letter(ada)
			if err := open(t, server.URL()).Send(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			got := server.WaitFor(t, ada, 1)[0]
			if got.Broken != nil {
				t.Fatalf("a mail program could not read it: %v\n%s", got.Broken, got.Raw)
			}
			if got.Subject != strings.TrimSpace(e.Message.Subject) || got.Text != e.Message.Text || got.HTML != e.Message.HTML {
				t.Errorf("subject %q, text %q, HTML %q", got.Subject, got.Text, got.HTML)
			}
			for header, want := range map[string]string{
				"Message-Id": "<let_01k8m4t2v6@roster.test>", "To": "<ada@acme.test>", "Reply-To": "<it@acme.test>",
				"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply",
				"Date": "Sun, 22 Nov 2026 09:30:00 +0000", "Mime-Version": "1.0", "User-Agent": "", "Bcc": "",
			} {
				if value := got.Header.Get(header); value != want {
					t.Errorf("%s: %q, want %q", header, value, want)
				}
			}
			if from, err := got.Header.AddressList("From"); err != nil || len(from) != 1 || *from[0] != e.From {
				t.Errorf("From: %v, %v", from, err)
			}
			if kind := got.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/alternative") {
				t.Errorf("Content-Type: %q", kind)
			}
			if len(got.Links) != 1 || got.Links[0] != "https://roster.test/x?a=1&b=2" {
				t.Errorf("links: %q", got.Links)
			}
			for line := range strings.SplitSeq(string(got.Raw), "\r\n") {
				if len(line) > 78 {
					t.Errorf("%d bytes in a line: %s", len(line), line)
				}
			}
		})
	}
}

func TestSendSaysWhetherToTryAgain(t *testing.T) {
	tests := map[string]struct {
		reply     mailtest.Reply
		delivered bool // Send returns nil
		permanent bool
		code      int
		reason    string
		kept      int // mails on the server afterwards
		attempts  int // letters transmitted to the end
	}{
		"taken":                     {mailtest.Take(), true, false, 0, "", 1, 1},
		"no such user":              {mailtest.Refuse(), false, true, 550, "5.1.1 No such user here", 0, 0},
		"mailbox full":              {mailtest.AnswerRecipient(552, "Mailbox full"), false, true, 552, "5.0.0 Mailbox full", 0, 0},
		"greylisted":                {mailtest.TryLater(), false, false, 451, "4.7.1 Greylisted", 0, 0},
		"shutting down":             {mailtest.AnswerRecipient(421, "Closing"), false, false, 421, "4.0.0 Closing", 0, 0},
		"taken for spam":            {mailtest.AnswerLetter(554, "Looks like spam"), false, true, 554, "5.0.0 Looks like spam", 0, 1},
		"disk full":                 {mailtest.AnswerLetter(452, "Disk full"), false, false, 452, "4.0.0 Disk full", 0, 1},
		"drop at recipient":         {mailtest.DropRecipient(), false, false, 0, "did not take the recipient", 0, 0},
		"drop in the letter":        {mailtest.DropLetter(), false, false, 0, "did not take the letter", 0, 0},
		"letter lost":               {mailtest.LoseLetter(), false, false, 0, "did not take the letter", 0, 1},
		"reply lost":                {mailtest.LoseReply(), false, false, 0, "did not take the letter", 1, 1},
		"drop after the reply":      {mailtest.HangUp(), true, false, 0, "", 1, 1},
		"slow at recipient":         {mailtest.Stall(50 * time.Millisecond), true, false, 0, "", 1, 1},
		"silent at recipient":       {mailtest.Stall(time.Hour), false, false, 0, "did not take the recipient", 0, 0},
		"silent after the letter":   {mailtest.StallLetter(time.Hour), false, false, 0, "did not take the letter", 1, 1},
		"hostile words of a server": {mailtest.AnswerRecipient(550, "\x1b[31m\u202e"+strings.Repeat("x", 500)), false, true, 550, "xxx", 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t)
			server.Answer(ada, test.reply)
			sender := open(t, strings.Replace(server.URL(), "timeout=10s", "timeout=1s", 1))

			began := time.Now()
			err := sender.Send(t.Context(), letter(ada))
			if took := time.Since(began); took > 8*time.Second {
				t.Errorf("took %v with a timeout of 1 s", took)
			}
			if test.delivered {
				if err != nil {
					t.Fatalf("not delivered: %v", err)
				}
			} else {
				got := classified(t, err)
				if got.Permanent != test.permanent || got.Code != test.code || !strings.Contains(got.Reason, test.reason) {
					t.Errorf("permanent %v, code %d, reason %q; want %v, %d, %q",
						got.Permanent, got.Code, got.Reason, test.permanent, test.code, test.reason)
				}
				if strings.ContainsAny(got.Reason, "\x1b\u202e\n") || len([]rune(got.Reason)) > 200 {
					t.Errorf("reason %q", got.Reason)
				}
			}
			server.WaitFor(t, ada, test.kept)
			if got := server.Attempts(ada); got != test.attempts {
				t.Errorf("transmitted %d times, want %d", got, test.attempts)
			}
		})
	}
}

func TestRepeatingKeepsTheMessageID(t *testing.T) {
	server := mailtest.Start(t)
	server.Answer(ada, mailtest.LoseReply(), mailtest.TryLater())
	sender := open(t, server.URL())
	for _, wantError := range []bool{true, true, false} {
		if err := sender.Send(t.Context(), letter(ada)); (err != nil) != wantError {
			t.Fatalf("error %v, want one: %v", err, wantError)
		}
	}
	twice := server.WaitFor(t, ada, 2)
	if a, b := twice[0].Header.Get("Message-Id"), twice[1].Header.Get("Message-Id"); a != b || a == "" {
		t.Errorf("Message-ID %q, then %q", a, b)
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	server := mailtest.Start(t)
	server.Answer(ada, mailtest.Stall(time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	began := time.Now()
	err := open(t, server.URL()).Send(ctx, letter(ada))
	if got := classified(t, err); got.Permanent || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v", got)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// Whatever is wrong between us and the mail server must not end letters: it will be mended, and then they go out.
func TestTroubleWithTheServerIsTemporary(t *testing.T) {
	swap := func(old, new string) func(string) string {
		return func(u string) string { return strings.Replace(u, old, new, 1) }
	}
	tests := map[string]struct {
		offers []mailtest.Offer
		change func(string) string
		reason string
	}{
		"wrong password":    {[]mailtest.Offer{mailtest.Auth}, swap("s3cret", "wrong"), "refused the sign-in"},
		"sign-in missing":   {[]mailtest.Offer{mailtest.Auth}, func(u string) string { return "smtp://" + u[strings.LastIndex(u, "@127")+1:] }, "refused the sender"},
		"no STARTTLS":       {nil, func(u string) string { return u + "&starttls=required" }, "no secure connection"},
		"unknown authority": {[]mailtest.Offer{mailtest.StartTLS}, withoutAuthority, "no secure connection"},
		"unknown authority, opportunistic": {[]mailtest.Offer{mailtest.StartTLS}, func(u string) string {
			return swap("starttls=required", "starttls=opportunistic")(withoutAuthority(u))
		}, "no secure connection"},
		"unknown authority, smtps":   {[]mailtest.Offer{mailtest.TLS}, withoutAuthority, "could not be reached"},
		"another host's certificate": {[]mailtest.Offer{mailtest.StartTLS}, swap("127.0.0.1", "localhost"), "no secure connection"},
		"no server":                  {nil, func(string) string { return "smtp://127.0.0.1:1?from=a@b.test" }, "could not be reached"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, test.offers...)
			sender := open(t, test.change(server.URL()))
			err := sender.Send(t.Context(), letter(ada))
			got := classified(t, err)
			if got.Permanent || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("permanent %v, reason %q, want %q", got.Permanent, got.Reason, test.reason)
			}
			if strings.Contains(fmt.Sprint(err, sender), "s3cret") || strings.Contains(err.Error(), "pass@word") {
				t.Errorf("the password is in %v", err)
			}
			if len(server.Mails()) != 0 {
				t.Error("a letter went out all the same")
			}
		})
	}
}

func withoutAuthority(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	q.Del("ca")
	u.RawQuery = q.Encode()
	return u.String()
}

func TestOpportunisticUsesWhatThereIs(t *testing.T) {
	server := mailtest.Start(t)
	if err := open(t, server.URL()+"&starttls=opportunistic").Send(t.Context(), letter(ada)); err != nil {
		t.Fatal(err)
	}
	server.WaitFor(t, ada, 1)
}

// S-148: whatever stands in an address or a name, a letter has one recipient and the headers that we wrote.
func TestSendRefusesInjection(t *testing.T) {
	long := strings.Repeat("a", 1<<20) + "@x.test"
	for _, to := range []string{
		"", "ada", "@x.test", "ada@", "ada@x.test\r\nBcc: b@y.test", "ada@x.test\nRCPT TO:<b@y.test>", "ada@x.test\x00", "<ada@x.test>,<b@y.test>",
		"<ada@x.test>", "Ada <ada@x.test>", "ada@x.test,b@y.test", "ada@x.test b@y.test", `"ada b"@x.test`, `"ada"@x.test`, "ada(comment)@x.test",
		"ada@[127.0.0.1]", "ada@x.test.", "ada@@x.test", "ada@b@x.test", ".ada@x.test", "ada.@x.test", "a..b@x.test", "ada@x..test", "ädä@x.test",
		"ada\u200b@x.test", "ada@x\u202e.test", "=?utf-8?q?ada=40x.test?=", "ada@x.test>", long, strings.Repeat("a", 65) + "@x.test",
	} {
		t.Run(fmt.Sprintf("to %.40q", to), func(t *testing.T) {
			server := mailtest.Start(t)
			began := time.Now()
			got := classified(t, open(t, server.URL()).Send(t.Context(), letter(to)))
			if !got.Permanent || got.Code != 0 {
				t.Errorf("%+v, want a permanent refusal of our own", got)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("took %v", took)
			}
			if mails := server.Mails(); len(mails) != 0 {
				t.Errorf("sent to %q", mails[0].To)
			}
		})
	}
	for name, spoil := range map[string]func(*mail.Envelope){
		"subject":     func(e *mail.Envelope) { e.Message.Subject = "Hello\r\nBcc: b@y.test" },
		"sender name": func(e *mail.Envelope) { e.From.Name = "Ada\nBcc: b@y.test" },
		"reply name":  func(e *mail.Envelope) { e.ReplyTo.Name = "Ada\x00" },
		"reply":       func(e *mail.Envelope) { e.ReplyTo.Address = "a@x.test, b@y.test" },
		"message id":  func(e *mail.Envelope) { e.MessageID = "a@x.test>\r\nBcc: b@y.test" },
		"no id":       func(e *mail.Envelope) { e.MessageID = "" },
	} {
		t.Run(name, func(t *testing.T) {
			server := mailtest.Start(t)
			e := letter(ada)
			spoil(&e)
			if got := classified(t, open(t, server.URL()).Send(t.Context(), e)); !got.Permanent {
				t.Errorf("%+v, want permanent", got)
			}
			if len(server.Mails()) != 0 {
				t.Error("sent")
			}
		})
	}
}

func TestSenderNameCannotPoseAsAnAddress(t *testing.T) {
	server := mailtest.Start(t)
	e := letter(ada)
	e.From = mail.Identity{SenderName: "security@bank.test =?utf-8?q?x?= " + strings.Repeat("y", 100)}.From("roster@roster.test")
	if err := open(t, server.URL()).Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	from, err := server.WaitFor(t, ada, 1)[0].Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "roster@roster.test" {
		t.Fatalf("From: %v, %v", from, err)
	}
	if name := from[0].Name; strings.Contains(name, "@") || strings.Contains(name, "=?") || len([]rune(name)) > mail.MaxName+2 {
		t.Errorf("name %q", name)
	}
}

func TestSenderThatIsNoAddressIsOursToMend(t *testing.T) {
	server := mailtest.Start(t)
	e := letter(ada)
	e.From.Address = "a@x.test>\r\nDATA"
	if got := classified(t, open(t, server.URL()).Send(t.Context(), e)); got.Permanent {
		t.Errorf("%+v, want temporary", got)
	}
	if len(server.Mails()) != 0 {
		t.Error("sent")
	}
}

func TestInternationalDomainTravelsInASCII(t *testing.T) {
	server := mailtest.Start(t)
	if err := open(t, server.URL()).Send(t.Context(), letter("ada@bücher.test")); err != nil {
		t.Fatal(err)
	}
	server.WaitFor(t, "ada@xn--bcher-kva.test", 1)
}

func TestDefaultSender(t *testing.T) {
	server := mailtest.Start(t)
	e := letter(ada)
	e.From = netmail.Address{}
	if err := open(t, server.URL()).Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if got := server.WaitFor(t, ada, 1)[0].Header.Get("From"); got != `"Roster" <roster@roster.test>` {
		t.Errorf("From: %s", got)
	}
}

func TestOpen(t *testing.T) {
	good := map[string]string{
		"smtp://mail.test":                           "mail.test:587 (required)",
		"smtp://u:p@mail.test:2525":                  "mail.test:2525 (required)",
		"smtps://u:p@mail.test":                      "mail.test:465 (implicit)",
		"smtp://mail.test?starttls=opportunistic":    "mail.test:587 (opportunistic)",
		"smtp://mail.test:25?starttls=none":          "mail.test:25 (none)",
		"smtp://localhost:25":                        "localhost:25 (none)",
		"smtp://u:p@[::1]:25":                        "[::1]:25 (none)",
		"smtp://127.0.0.1?starttls=required":         "127.0.0.1:587 (required)",
		"smtp://mail.test/?timeout=5s&from=a@b.test": "mail.test:587 (required)",
	}
	for rawURL, want := range good {
		if s, err := mail.Open(rawURL); err != nil {
			t.Errorf("%s: %v", rawURL, err)
		} else if s.String() != want {
			t.Errorf("%s: %s, want %s", rawURL, s, want)
		}
	}
	for _, rawURL := range []string{
		"", "mail.test:25", "http://mail.test", "smtp://", "smtp://u:s3cret@mail.test:port", "smtp://u:s3cret%zz@mail.test",
		"smtp://u:s3cret@mail.test?starttls=none", "smtp://u:s3cret@mail.test?starttls=maybe", "smtps://mail.test?starttls=none",
		"smtp://mail.test?ca=/does/not/exist", "smtp://mail.test?from=nobody", "smtp://mail.test?timeout=soon", "smtp://mail.test?timeout=-1s",
		"smtp://mail.test?insecure=1", "smtp://mail.test?a=b;c", "smtp://mail.test/path",
	} {
		if s, err := mail.Open(rawURL); err == nil {
			t.Errorf("%s: opened %s", rawURL, s)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the password is in %v", err)
		}
	}
}

// classified fails unless err is an *Error, as every error of Send must be.
func classified(t *testing.T, err error) *mail.Error {
	t.Helper()
	var e *mail.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *mail.Error", err)
	}
	return e
}
