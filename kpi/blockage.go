package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of calls that were never let in.
const (
	CallsBlocked ID = iota + 120
	CallAttempts
)

func (c *Catalogue) addBlockage() {
	c.Measures = append(c.Measures,
		Measure{
			ID: CallsBlocked, Kind: desk.KindCall, Dims: []string{"queue", "block_reason"}, Window: true,
			Total: &Total{
				Name: "helpdesk_calls_blocked_total",
				Help: "Inbound calls that were never let in, as calls of their own or as a carrier counts them, counted when discovered.",
			},
		},
		Measure{ID: CallAttempts, Kind: desk.KindCall, Dims: []string{"queue"}, Window: true},
	)
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_call_blockage_ratio", Of: []ID{CallsBlocked, CallAttempts}, Seen: CallsBlocked, Value: c.blockage,
			Help: "Share of the attempts of the window that were blocked, of all reasons or of one; absent while no kept record tells of one.",
		},
		WindowView{
			Name: "helpdesk_calls_blocked_in_window", Of: []ID{CallsBlocked}, Seen: CallsBlocked, Value: amount,
			Help: "Numerator of helpdesk_call_blockage_ratio.",
		},
		WindowView{
			Name: "helpdesk_call_attempts", Of: []ID{CallAttempts}, Seen: CallsBlocked, Value: amount,
			Help: "Denominator of helpdesk_call_blockage_ratio: inbound calls, however they ended, and those that a carrier counts.",
		},
	)
	c.define(desk.KindCall, nil,
		KPI{ID: "blockage", Metric: "helpdesk_call_blockage_ratio", Query: `helpdesk_call_blockage_ratio{by="all", window="7d"}`},
	)
}

// attempt collects that somebody tried to call.
func (b *Contributions) attempt(c *contact, reason string) {
	b.attempts(c.arrived, 1, c.dims)
	if c.outcome == desk.OutcomeBlocked {
		dims := c.dims
		dims.fixed[0] = desk.Dim{Name: "block_reason", Value: reason}
		b.blocked(c.arrived, 1, dims)
	}
}

// trunk collects what a carrier counts for a period: it happened, for all that
// is known, by its end.
func (b *Contributions) trunk(h *desk.Held, c *desk.Call) {
	dims := present(h)
	dims.fixed[0] = desk.Dim{Name: "block_reason", Value: c.BlockReason}
	b.attempts(c.PeriodEnd, max(c.Attempts.Value, c.Blocked.Value), dims)
	b.blocked(c.PeriodEnd, c.Blocked.Value, dims)
}

func (b *Contributions) attempts(at time.Time, n int, dims dimensions) {
	b.add(CallAttempts, FeedWindow, at, tally.Amount(n)*one, dims)
}

func (b *Contributions) blocked(at time.Time, n int, dims dimensions) {
	if n > 0 {
		b.add(CallsBlocked, FeedTotal|FeedWindow, at, tally.Amount(n)*one, dims)
	}
}

// blockage is the sum of the first measure by that of the second, which is the
// sample.
func (d *Definitions) blockage(c []tally.Count, _ time.Duration) (float64, bool) {
	blocked, attempts := c[0].Sum.Float(), c[1].Sum.Float()
	if attempts < float64(max(d.MinSample, 1)) {
		return 0, false
	}
	return blocked / attempts, true
}
