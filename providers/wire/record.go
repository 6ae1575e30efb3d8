package wire

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"juxta/providers"
)

// A record is the log of one endpoint's exchanges: methods, hosts, statuses,
// times and kinds of errors. A path may hold a model's name and a query a key, an
// error the service's words: none of them is written. The zero record is none,
// and costs nothing.
type record struct {
	log  *slog.Logger
	name string
}

// now is when something begins; the zero time where nobody asks.
func (r record) now() time.Time {
	if r.log == nil {
		return time.Time{}
	}
	return time.Now()
}

func (r record) answered(req *http.Request, began time.Time, status int) {
	r.write(slog.LevelInfo, "answered", req, began, slog.Int("status", status))
}

func (r record) failed(req *http.Request, began time.Time, err *providers.Error) {
	r.write(slog.LevelWarn, "not answered", req, began, slog.String("kind", string(err.Kind)))
}

// ends tells how the answer's body ended; nil where nobody asks.
func (r record) ends(req *http.Request, began time.Time) func(error) {
	if r.log == nil {
		return nil
	}
	return func(err error) {
		if err != nil {
			r.write(slog.LevelWarn, "broke off", req, began, slog.String("kind", string(providers.AsError(err).Kind)))
			return
		}
		r.write(slog.LevelInfo, "over", req, began)
	}
}

func (r record) write(level slog.Level, what string, req *http.Request, began time.Time, more ...slog.Attr) {
	if r.log == nil {
		return
	}
	all := append([]slog.Attr{
		slog.String("provider", r.name), slog.String("method", req.Method), slog.String("host", req.URL.Host),
		slog.Float64("ms", float64(time.Since(began).Microseconds())/1000),
	}, more...)
	r.log.LogAttrs(context.Background(), level, "request "+what, all...)
}
