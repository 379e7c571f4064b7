package zendesk

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"helpdesk_exporter/desk"
)

const ticketsPath = "/incremental/tickets/cursor"

// safely is how much further in the past than the hold-back an export begins
// that has no cursor: the desk refuses to begin within its last minute.
const safely = 5 * time.Second

// changed is a page of the export of tickets.
type changed struct {
	Tickets     records `json:"tickets"`
	MetricSets  records `json:"metric_sets"`
	AfterCursor phrase  `json:"after_cursor"`
	AfterURL    phrase  `json:"after_url"`
	EndOfStream *flag   `json:"end_of_stream"`
}

// after returns the cursor behind the page, empty where there is none.
func (c *changed) after() string {
	if c.AfterCursor != "" {
		return string(c.AfterCursor)
	}
	return parameters(string(c.AfterURL)).Get("cursor")
}

// readTickets reads what changed of the tickets, in the order in which the desk
// took notice. Its cursor is good for ever; should it not be, the export goes on
// from the time of the last change that was read, and repeats some.
func (r *round) readTickets(ctx context.Context) (done bool, err error) {
	page, err := r.askTickets(ctx)
	switch {
	case err != nil && expired(err) && r.goOnWithout():
		return false, nil
	case expired(err) && r.Tickets.After != "":
		r.gaveUp = desk.Opt[int64]{} // the next poll tries again
		return false, badAnswer(ticketsPath, "the desk does not take the cursor that it gave in place of one that it did not take")
	case r.tooRecent(err, r.Tickets.Next):
		return true, nil
	case err != nil:
		return false, err
	}
	if r.Tickets.After != "" {
		r.gaveUp = desk.Opt[int64]{}
	}
	if err := r.tell(ctx, page.Tickets.list, page.MetricSets.list); err != nil {
		return false, err
	}
	for _, raw := range page.Tickets.list {
		r.Tickets.Next = max(r.Tickets.Next, noticed(raw).Unix())
	}
	r.reach(r.Tickets.Next)
	after := page.after()
	stays := after == "" || after == r.Tickets.After
	if after != "" {
		r.Tickets.After = after
	}
	switch {
	case page.EndOfStream == nil:
		return stays || len(page.Tickets.list) == 0, nil
	case !bool(*page.EndOfStream) && stays:
		return false, badAnswer(ticketsPath, "it is not at its end, and does not go on")
	default:
		return bool(*page.EndOfStream), nil
	}
}

// askTickets asks for the next page of tickets.
func (r *round) askTickets(ctx context.Context) (*changed, error) {
	page := &changed{}
	err := r.get(ctx, ticketsPath, r.ticketsQuery(), page)
	r.pages.went(err)
	switch {
	case err != nil:
		return nil, err
	case !page.Tickets.given:
		return nil, badAnswer(ticketsPath, "there is no list of tickets in the answer")
	default:
		return page, nil
	}
}

func (r *round) ticketsQuery() url.Values {
	query := url.Values{"include": {"metric_sets"}, "per_page": {r.pages.String()}}
	if r.config.Scope != scopeAgent {
		query.Set("support_type_scope", r.config.Scope)
	}
	if r.Tickets.After != "" {
		query.Set("cursor", r.Tickets.After)
	} else {
		query.Set("start_time", unix(min(r.Tickets.Next, r.Target.Add(-safely).Unix())))
	}
	return query
}

// goOnWithout gives up a place that the desk does not take, for another one, and
// reports whether there is one. A cursor is given up once at the same second.
func (r *round) goOnWithout() bool {
	switch {
	case r.Tickets.After != "" && r.gaveUp == desk.Some(r.Tickets.Next):
		return false
	case r.Tickets.After != "":
		r.logger.Warn("The desk does not know its own cursor any more: its tickets are read on from the time of the last change")
		r.Tickets.After, r.gaveUp = "", desk.Some(r.Tickets.Next)
	case r.Tickets.Next == 0:
		r.Tickets.Next = 1 // some desks have no year 1970
	default:
		return false
	}
	return true
}

// noticed returns when the desk took notice of a change, by which its export
// goes: not before the change.
func noticed(raw json.RawMessage) time.Time {
	var t struct {
		Generated stamp `json:"generated_timestamp"`
		UpdatedAt stamp `json:"updated_at"`
	}
	if json.Unmarshal(raw, &t) != nil {
		return time.Time{}
	}
	return latest(t.Generated.Time, t.UpdatedAt.Time)
}
