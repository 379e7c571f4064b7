package zendesk

import (
	"net/http"
	"time"

	"helpdesk_exporter/internal/api"
)

// recent is what a desk may take for too short a while ago to begin with.
const recent = 10 * time.Minute

// fullPage is how many records a page of an export by time holds, or a few more
// that share its last second.
const fullPage = 1000

// along goes on to the end of a page, but not beyond the target of the round: what
// lies behind it is read once more, for the newest events come late and out of
// order. It reports whether the export is at its end. Not every desk says so; then
// it is where the next page does not lead on.
func (r *round) along(path string, at *export, page *exported, records int) (done bool, err error) {
	target := r.Target.Unix()
	end := page.end()
	next := min(max(end, at.Next), max(target, at.Next))
	moved := next > at.Next
	at.move(next)
	r.reach(next)
	switch {
	case end >= target, records == 0:
		return true, nil
	case page.EndOfStream != nil && bool(*page.EndOfStream):
		return true, nil
	case !moved && records >= fullPage:
		return false, badAnswer(path, "a full page ends where it began: the desk would send it for ever")
	default:
		return !moved, nil
	}
}

// tooRecent reports whether the desk did not take the place in an export because
// it lies too near to what its own clock says. It will in a later round.
func (r *round) tooRecent(err error, start int64) bool {
	code := api.StatusOf(err)
	return (code == http.StatusBadRequest || code == http.StatusUnprocessableEntity) && r.Target.Sub(time.Unix(start, 0)) < recent
}

// reach notes how far a long reading has come.
func (r *round) reach(second int64) {
	if at := time.Unix(second, 0).UTC(); at.After(r.page.Reached) && !at.After(r.Target) {
		r.page.Reached = at
	}
}
