package mailbox

import "testing"

func TestLinksOpenOnTop(t *testing.T) {
	for page, want := range map[string]string{
		`<a href="https://a.example/?x=1&amp;y=2">Go</a>`:                    `<a href="https://a.example/?x=1&amp;y=2" target="_top">Go</a>`,
		`<A target=_blank HREF='/x' rel="noopener">Go</A>`:                   `<a href="/x" rel="noopener" target="_top">Go</A>`,
		`<p>target="_blank" &lt;a href="x"&gt;</p>`:                          `<p>target="_blank" &lt;a href="x"&gt;</p>`,
		`<style>a{color:red}</style><!-- <a href="x"> --><area href="/x">`:   `<style>a{color:red}</style><!-- <a href="x"> --><area href="/x">`,
		`<!doctype html><table role="presentation"><tr><td>x</table>&nbsp;é`: `<!doctype html><table role="presentation"><tr><td>x</table>&nbsp;é`,
		`<a href="&quot;><script>alert(1)</script>">x</a>`:                   `<a href="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" target="_top">x</a>`,
		``: ``,
	} {
		if got := linksOnTop(page); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", page, got, want)
		}
	}
}

func TestThisMachine(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "roster.localhost": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "unknown": false, "192.0.2.1": false, "10.0.0.1": false, "0.0.0.0": false, "::": false,
		"localhost.example": false, "roster.example": false, "127.0.0.1.example": false,
	} {
		if got := isThisMachine(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
