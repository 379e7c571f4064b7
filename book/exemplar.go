package book

import (
	"unicode/utf8"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/tally"
)

// exemplify makes a ticket that was just counted the exemplar of its bucket. It
// is dated as it counts, by its discovery: Prometheus takes no exemplar that is
// older than the one before.
func (c *change) exemplify(total *tally.Total, of kpi.Contribution, key journal.Key) {
	if canBeExemplar(key) {
		total.Exemplify(tally.Exemplar{ID: key.ID, Value: of.Value, At: c.now}, c.source.book.byID[of.Measure].bounds)
	}
}

// longestExemplar is how many characters the id in an exemplar may have:
// OpenMetrics lets 128 through, the name ticket_id among them.
const longestExemplar = 128 - len("ticket_id")

// canBeExemplar reports whether a record is a ticket, and its id one that every
// scraper takes: what is no text could cost the whole scrape.
func canBeExemplar(key journal.Key) bool {
	return key.Kind == desk.KindTicket && utf8.ValidString(key.ID) && utf8.RuneCountInString(key.ID) <= longestExemplar
}
