package kpi

import (
	"iter"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of how soon customers are answered.
const (
	FirstResponse ID = iota + 10
	FirstResponseTarget
	TicketsUnanswered
	Reply
)

func (c *Catalogue) addFirstResponse() {
	c.Measures = append(c.Measures,
		Measure{
			ID: FirstResponse, Kind: desk.KindTicket, Dims: c.Labels, Window: true, Spread: true,
			Total: &Total{
				Name:    "helpdesk_first_response_seconds",
				Help:    "Time from a ticket's creation to its first public answer by a human agent, around the clock, observed when discovered.",
				Buckets: c.Buckets.Default,
			},
		},
		Measure{ID: FirstResponseTarget, Kind: desk.KindTicket, Identity: []string{"threshold"}, Dims: c.Labels, Window: true},
		Measure{ID: TicketsUnanswered, Kind: desk.KindTicket, Dims: c.Labels, Stock: true, Aged: true},
		Measure{
			ID: Reply, Kind: desk.KindTicket, Dims: c.Labels, Window: true, Spread: true,
			Total: &Total{
				Name:    "helpdesk_reply_seconds",
				Help:    "Time from the first of a run of customer messages to the next public answer by a human agent, around the clock, observed when discovered.",
				Buckets: c.Buckets.Default,
			},
		},
	)
	c.addSpreadViews(FirstResponse, "helpdesk_first_response", "first responses given in the window")
	c.addSpreadViews(Reply, "helpdesk_reply", "answers given in the window")
	c.Spreads = append(c.Spreads, QuantileView{
		Name: "helpdesk_first_response_censored_quantile_seconds", Of: FirstResponse, Waiting: TicketsUnanswered,
		Help: "Kaplan-Meier quantile of the time to the first response: first responses given in the window, with the tickets that still wait for theirs as censored at their age. Within 4.5 %; absent where the estimate does not reach it.",
	})
	c.addShare(share{
		of:          FirstResponseTarget,
		ratio:       "helpdesk_first_response_within_target_ratio",
		help:        "Share of tickets first answered within the threshold, of those answered or past it in the window. Tickets past it and still unanswered count as missed.",
		numerator:   "helpdesk_first_response_within_target",
		denominator: "helpdesk_first_response_target_eligible",
	})
	c.Stocks = append(c.Stocks,
		StockView{
			Name: "helpdesk_tickets_unanswered", Of: []ID{TicketsUnanswered}, ZeroOf: TicketsOpened, Figures: stockNumber,
			Help: "Open tickets without a first public answer by a human agent.",
		},
		StockView{
			Name: "helpdesk_ticket_oldest_unanswered_age_seconds", Of: []ID{TicketsUnanswered}, ByLevel: true, Figures: oldestAge,
			Help: "Time since the creation of the oldest open ticket without a first answer, or since the customer's first message where an agent opened it; absent where none waits.",
		},
	)
	c.define(desk.KindTicket, c.Calendars,
		KPI{ID: "first_response_time", Metric: "helpdesk_first_response_seconds", Query: `helpdesk_first_response_quantile_seconds{by="all", window="7d", q="0.9"}`},
		KPI{ID: "average_response_time", Metric: "helpdesk_reply_seconds", Query: `helpdesk_reply_mean_seconds{by="all", window="7d"}`},
	)
	c.define(desk.KindTicket, c.FirstResponseTargets,
		KPI{ID: "response_within_target", Metric: "helpdesk_first_response_within_target_ratio", Query: `helpdesk_first_response_within_target_ratio{by="all", window="7d"}`},
	)
	c.define(desk.KindTicket, nil,
		KPI{ID: "unanswered_tickets", Metric: "helpdesk_tickets_unanswered", Query: `sum by (team) (helpdesk_tickets_unanswered)`},
		KPI{ID: "oldest_unanswered_age", Metric: "helpdesk_ticket_oldest_unanswered_age_seconds", Query: `helpdesk_ticket_oldest_unanswered_age_seconds{by="all"}`},
	)
}

// addSpreadViews adds the mean, the quantiles and the number of a duration.
func (c *Catalogue) addSpreadViews(id ID, prefix, of string) {
	c.addMeanViews(id, prefix, of)
	c.Spreads = append(c.Spreads, QuantileView{
		Name: prefix + "_quantile_seconds", Of: id,
		Help: "Quantile of the time, over finished cases, of " + of + ". Within 4.5 %.",
	})
}

// addMeanViews adds the mean and the number of a duration.
func (c *Catalogue) addMeanViews(id ID, prefix, of string) {
	c.Views = append(c.Views,
		WindowView{
			Name: prefix + "_mean_seconds", Of: []ID{id}, Value: c.sampled(mean),
			Help: "Mean time of " + of + ".",
		},
		WindowView{
			Name: prefix + "_observations", Of: []ID{id}, Value: number,
			Help: "Number of " + of + ": the sample of the means and quantiles.",
		},
	)
}

// askedAt is when the wait for the first response begins: with the ticket, or
// with the customer's first message where an agent opened it. A ticket by an
// agent that no customer wrote to waits for nothing.
func askedAt(t *desk.Ticket) (time.Time, bool) {
	if t.CreatedBy != desk.RoleAgent {
		return t.CreatedAt, true
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleCustomer {
			return m.At, true
		}
	}
	return time.Time{}, false
}

// answeredAt is when a human agent first answered in public: as the desk says,
// else the first public message of an agent after the question. Where an agent
// opened the ticket, many desks take that agent's own first words for a
// response: they answer nothing.
func answeredAt(t *desk.Ticket) (time.Time, bool) {
	asked, ok := askedAt(t)
	if !ok {
		return time.Time{}, false
	}
	if first := t.FirstResponseAt; !first.IsZero() && (t.CreatedBy != desk.RoleAgent || !first.Before(asked)) {
		return exactly(t, first), true
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleAgent && !m.At.Before(asked) {
			return m.At, true
		}
	}
	return time.Time{}, false
}

// exactly returns when it was that a desk tells in whole minutes since the
// ticket's creation: the public message of an agent less than one away.
func exactly(t *desk.Ticket, told time.Time) time.Time {
	if told.Sub(t.CreatedAt)%time.Minute != 0 {
		return told
	}
	for _, m := range t.Messages {
		if m.Public && m.Author == desk.RoleAgent && m.At.Sub(told).Abs() < time.Minute {
			return m.At
		}
	}
	return told
}

// answerSeen returns the dimensions as of the first state that shows the answer
// or, where only a message of its own tells of it, as of then.
func answerSeen(h *desk.Held, answered time.Time) dimensions {
	for i := range h.States {
		if h.States[i].Shows&desk.ShowsAnswer != 0 {
			return dimensions{states: h.States[i:]}
		}
	}
	return seenAt(h, answered)
}

// firstResponse collects how soon a ticket was first answered and reports
// whether the answer did not come before the question.
func (b *Contributions) firstResponse(h *desk.Held, t *desk.Ticket, l *lifecycle, feeds Feed) bool {
	asked, ok := askedAt(t)
	if !ok {
		return true
	}
	answered, ok := answeredAt(t)
	if ok && !b.duration(FirstResponse, feeds, asked, answered, answerSeen(h, answered)) {
		return false
	}
	if feeds&FeedWindow == 0 {
		return true
	}
	for _, target := range b.catalogue.FirstResponseTargets {
		if ok || !l.endedBy(asked.Add(target)) {
			b.target(h, target, asked, answered)
		}
	}
	return true
}

// target collects whether a threshold was met. It is known once the answer is
// there or the threshold has passed; answered is zero while it is not there.
func (b *Contributions) target(h *desk.Held, target time.Duration, asked, answered time.Time) {
	due := asked.Add(target)
	threshold := model.Duration(target).String()
	if !answered.IsZero() && !answered.After(due) {
		b.add(FirstResponseTarget, FeedWindow, answered, one, answerSeen(h, answered), threshold)
		return
	}
	b.add(FirstResponseTarget, FeedWindow, due, 0, firstCounted(h), threshold)
}

// replies collects the answers to each run of customer messages.
func (b *Contributions) replies(h *desk.Held, t *desk.Ticket, feeds Feed) {
	for asked, answered := range runs(t.Messages) {
		b.add(Reply, feeds, answered, tally.Seconds(answered.Sub(asked)), seenAt(h, answered))
	}
}

// runs yields when each run of customer messages began that an agent answered,
// and when that was.
func runs(messages []desk.Message) iter.Seq2[time.Time, time.Time] {
	return func(yield func(asked, answered time.Time) bool) {
		var asked time.Time
		for _, m := range messages {
			switch {
			case !m.Public:
			case m.Author == desk.RoleCustomer && asked.IsZero():
				asked = m.At
			case m.Author == desk.RoleAgent && !asked.IsZero():
				if !yield(asked, m.At) {
					return
				}
				asked = time.Time{}
			}
		}
	}
}
