package app

import (
	"fmt"
	"log/slog"
)

// slogErrors lets promhttp log through slog.
type slogErrors struct{ logger *slog.Logger }

// Println implements promhttp.Logger.
func (s slogErrors) Println(v ...any) {
	s.logger.Error("A scrape met an error", "err", fmt.Sprint(v...))
}
