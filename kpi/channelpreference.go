package kpi

import (
	"time"

	"helpdesk_exporter/desk"
)

func (c *Catalogue) addChannelPreference() {
	for _, m := range []Measure{
		{ID: ChannelOfTickets, Kind: desk.KindTicket},
		{ID: ChannelOfSurveys, Kind: desk.KindSurvey},
	} {
		m.Identity, m.Dims, m.Window = []string{"basis"}, []string{"channel"}, true
		c.Measures = append(c.Measures, m)
		c.Views = append(c.Views,
			WindowView{
				Name: "helpdesk_channel_preference_ratio", Of: []ID{m.ID, m.ID}, Whole: true, Value: c.sampledShare(),
				Help: "Share of a channel of what customers chose in the window (basis tickets: first contacts about an issue) or said they prefer (basis survey). The two are never added up.",
			},
			WindowView{
				Name: "helpdesk_channel_preference_answers", Of: []ID{m.ID}, Value: number,
				Help: "Numerators of helpdesk_channel_preference_ratio; the denominator is all of one basis.",
			},
		)
	}
	c.define(desk.KindContact, nil,
		KPI{ID: "channel_preference", Metric: "helpdesk_channel_preference_ratio", Query: `helpdesk_channel_preference_ratio{by="channel", window="7d"}`},
	)
}

// prefers collects that a customer chose or named a channel.
func (b *Contributions) prefers(id ID, at time.Time, basis string, dims dimensions) {
	b.add(id, FeedWindow, at, one, dims, basis)
}
