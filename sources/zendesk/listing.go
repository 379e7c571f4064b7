package zendesk

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"helpdesk_exporter/internal/api"
)

const (
	// lateness is how late a state may show up in a list, by its own time.
	lateness = 10 * time.Minute
	// changeable is how long after it was offered a rating is given, or given anew.
	changeable = 14 * 24 * time.Hour
	// shortList is how many pages a list may have to be read in each round. A
	// longer one is read again after as many minutes as it has pages, so that it
	// does not take all requests.
	shortList = 2
)

// reading is when a list was last read to its end, and of how many pages.
type reading struct {
	began time.Time
	pages int
}

// rests reports whether a list is left alone in this round. One whose reading is
// under way is not.
func (r *round) rests(at *listing) bool {
	last := r.readings[r.Stage]
	if at.After != "" || last.pages <= shortList || r.Target.Before(last.began) {
		return false
	}
	return r.Target.Sub(last.began) < time.Duration(last.pages)*time.Minute
}

// list reads one page of a list that is read again and again, and hands on what
// is in it. It reports whether it was the last one.
func (r *round) list(ctx context.Context, path, key string, at *listing, query url.Values, with func([]json.RawMessage) error) (done bool, err error) {
	query = merged(query, pageAfter(at.After))
	query.Set("page[size]", "100")
	var answer map[string]json.RawMessage
	err = r.get(ctx, path, query, &answer)
	if at.After != "" && expired(err) {
		at.After = "" // its cursor did not last: from its beginning
		if at.Again = !at.Again; at.Again {
			return false, nil
		}
	}
	var list records
	switch {
	case err != nil:
		return false, err
	case json.Unmarshal(answer[key], &list) != nil || !list.given:
		return false, badAnswer(path, "there is no list of "+key+" in the answer")
	}
	r.count(at)
	if err := with(list.list); err != nil {
		return false, err
	}
	after := following(answer).Encode()
	switch {
	case after != "" && after == at.After:
		return false, badAnswer(path, "the next page is the same one")
	case after == "" || len(list.list) == 0:
		at.finish(r.Target)
		return true, nil
	default:
		at.After = after
		at.forget(r.Target)
		return false, nil
	}
}

// count notes how long a list is.
func (r *round) count(at *listing) {
	last := r.readings[r.Stage]
	if at.After == "" {
		last = reading{began: r.Target}
	}
	last.pages++
	r.readings[r.Stage] = last
}

// news reports whether a state was not told before.
func (l *listing) news(id string, changed time.Time) bool {
	if !l.Mark.IsZero() && changed.Before(l.Mark.Add(-lateness)) {
		return false
	}
	if changed.After(l.High) {
		l.High = changed
	}
	if l.Seen == nil {
		l.Seen = api.Seen{}
	}
	return l.Seen.Add(id, changed)
}

// mostFlawed bounds how many records are remembered that could not be understood.
const mostFlawed = 1000

// flawed reports whether a record that could not be understood is a new one.
func (l *listing) flawed(mark string) bool {
	if slices.Contains(l.Flawed, mark) {
		return false
	}
	if len(l.Flawed) < mostFlawed {
		l.Flawed = append(l.Flawed, mark)
	}
	return !slices.Contains(l.FlawedBefore, mark)
}

// forget drops what lies so far back that it is not told again.
func (l *listing) forget(target time.Time) {
	l.Seen.Forget(latest(l.Mark, earliest(l.High, target)).Add(-lateness))
}

// finish ends a reading: the next one tells what changed since.
func (l *listing) finish(target time.Time) {
	l.forget(target)
	l.Mark = latest(l.Mark, earliest(l.High, target))
	l.High, l.After, l.Read, l.Again = time.Time{}, "", true, false
	l.FlawedBefore, l.Flawed = l.Flawed, nil
}

// since returns from when on a list is read whose states change for a while: what
// was asked before the beginning may have been answered behind it.
func (r *round) since(at *listing) time.Time {
	if at.Read {
		return r.Target.Add(-changeable)
	}
	return r.From.Add(-changeable)
}
