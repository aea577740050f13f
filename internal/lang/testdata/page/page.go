// Package page is read by the test that finds texts.
package page

import (
	"context"

	"roster/internal/lang"
)

func title(ctx context.Context) string { return lang.T(ctx, "A title") }

var state = lang.Key("A state")

func body(ctx context.Context, n int, text string) string {
	return lang.T(ctx, "Two "+"lines") + lang.N(ctx, n, "%d seat", "%d seats") + lang.T(ctx, text)
}
