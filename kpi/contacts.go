package kpi

import (
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/tally"
)

// The measures of contacts: what customers bring, as tickets or as calls. A
// call that names a ticket is part of the ticket's story and no contact of its
// own.
const (
	Contacts ID = iota + 100
	ContactsByHour
	RepeatContact
	ContactsTransferred
	ContactsAutomated
	AutomationSeen
	AgentsActive
	ContactsOfChannel
	Teams
	TicketsOpenOfTeam
)

func (c *Catalogue) addContacts() {
	dims := []string{"channel", "team"}
	contact := func(m Measure) Measure { m.Kind = desk.KindContact; return m }
	c.Measures = append(c.Measures,
		contact(Measure{
			ID: Contacts, Dims: dims, Window: true,
			Total: &Total{
				Name: "helpdesk_contacts_total",
				Help: "Tickets, and inbound calls and chats that name no ticket, counted when discovered. Those that never came through are left out.",
			},
		}),
		contact(Measure{ID: ContactsOfChannel, Dims: []string{"channel"}, Window: true}),
		contact(Measure{ID: Teams, Dims: []string{"team"}, Stock: true}),
		contact(Measure{ID: ContactsByHour, Identity: []string{"hour", "weekday", "channel"}, Window: true}),
		contact(Measure{ID: RepeatContact, Dims: dims, Window: true}),
		contact(Measure{ID: ContactsTransferred, Dims: dims, Window: true}),
		contact(Measure{ID: ContactsAutomated, Dims: []string{"channel"}, Window: true}),
		contact(Measure{ID: AutomationSeen, Window: true}),
		contact(Measure{ID: AgentsActive, Dims: []string{"team"}, Window: true, Distinct: true}),
		// The labels of the other stocks of tickets are configured: the team need
		// not be among them.
		Measure{ID: TicketsOpenOfTeam, Kind: desk.KindTicket, Dims: []string{"team"}, Stock: true},
	)
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_contacts_in_window", Of: []ID{Contacts}, Value: number,
			Help: "Tickets, and inbound calls and chats that name no ticket, in the window.",
		},
		WindowView{
			Name: "helpdesk_contact_channel_ratio", Of: []ID{ContactsOfChannel, ContactsOfChannel}, Whole: true, Value: c.sampledShare(),
			Help: "Share of all contacts of the window.",
		},
		WindowView{
			Name: "helpdesk_contacts_by_hour", Of: []ID{ContactsByHour}, Value: number,
			Help: "Contacts in the window by the hour and weekday in global.timezone at which they came in; for the whole desk only.",
		},
	)
	c.Stocks = append(c.Stocks, StockView{
		Name: "helpdesk_team_info", Of: []ID{Teams}, Figures: func(Stock, time.Time) []Figure { return []Figure{{Value: 1}} },
		Help: "Teams that kept contacts came to: its value is always 1.",
	})
	c.addRepeatViews()
	c.addTransferViews()
	c.addAutomationViews()
	c.addWorkloadViews()
	c.define(desk.KindContact, nil,
		KPI{ID: "request_volume", Metric: "helpdesk_contacts_total", Query: `sum(increase(helpdesk_contacts_total[1d]))`},
		KPI{ID: "contact_volume_by_channel", Metric: "helpdesk_contacts_in_window", Query: `helpdesk_contacts_in_window{by="channel", window="7d"}`},
		KPI{ID: "transfer_rate", Metric: "helpdesk_transfer_ratio", Query: `helpdesk_transfer_ratio{by="all", window="7d"}`},
		KPI{ID: "automation_share", Metric: "helpdesk_contacts_automated_ratio", Query: `helpdesk_contacts_automated_ratio{by="all", window="7d"}`},
		KPI{ID: "agent_workload", Metric: "helpdesk_contacts_per_agent", Query: `helpdesk_contacts_per_agent{by="all", window="7d"}`},
		KPI{ID: "team_performance", Metric: "helpdesk_team_info", Query: `helpdesk_team_info`},
	)
	c.define(desk.KindContact, c.Horizons.FCR,
		KPI{ID: "repeat_contact_rate", Metric: "helpdesk_repeat_contact_ratio", Query: `helpdesk_repeat_contact_ratio{by="all", window="7d"}`},
	)
	c.define(desk.KindContact, c.Timezone.String(),
		KPI{ID: "demand_pattern", Metric: "helpdesk_contacts_by_hour", Query: `sum by (weekday, hour) (helpdesk_contacts_by_hour{window="7d"})`},
	)
}

func (c *Catalogue) addRepeatViews() {
	c.addShare(share{
		of:          RepeatContact,
		ratio:       "helpdesk_repeat_contact_ratio",
		help:        "Share of contacts that the same customer followed with another one about the same topic within horizons.fcr; of those whose horizon ended in the window.",
		numerator:   "helpdesk_repeat_contacts",
		denominator: "helpdesk_repeat_contact_eligible",
		counts:      "contacts whose customer is known",
	})
}

func (c *Catalogue) addTransferViews() {
	c.addShare(share{
		of:          ContactsTransferred,
		ratio:       "helpdesk_transfer_ratio",
		help:        "Share of contacts handled in the window that were passed on at least once.",
		numerator:   "helpdesk_contacts_transferred",
		denominator: "helpdesk_contacts_handled",
		counts:      "tickets solved and calls answered of which the transfers are known",
	})
}

func (c *Catalogue) addAutomationViews() {
	c.addShare(share{
		of:          ContactsAutomated,
		seen:        AutomationSeen,
		ratio:       "helpdesk_contacts_automated_ratio",
		help:        "Share of contacts completed in the window that a bot ended without an agent; absent while no kept record tells of a bot.",
		numerator:   "helpdesk_contacts_automated",
		denominator: "helpdesk_contacts_completed",
		counts:      "tickets solved and calls answered of which it is known who handled them",
	})
}

func (c *Catalogue) addWorkloadViews() {
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_agents_active", Of: []ID{AgentsActive}, Seen: AgentsActive, Value: number,
			Help: "Distinct agents with a first response, a solve or an answered call in the window.",
		},
		WindowView{
			Name: "helpdesk_contacts_per_agent", Of: []ID{AgentsActive, Contacts}, Seen: AgentsActive, Value: c.sampled(quotient),
			Help: "Contacts of the window by the distinct agents active in it.",
		},
		WindowView{
			Name: "helpdesk_tickets_open_per_agent", Of: []ID{AgentsActive, TicketsOpenOfTeam}, Seen: AgentsActive, Value: c.sampled(quotient),
			Help: "Tickets open now by the distinct agents active in the window.",
		},
	)
}

// contact collects a contact of a customer.
func (b *Contributions) contact(feeds Feed, at time.Time, customer string, next time.Time, dims dimensions) {
	b.add(Contacts, feeds, at, one, dims)
	if feeds&FeedWindow == 0 {
		return
	}
	b.add(ContactsOfChannel, FeedWindow, at, one, dims)
	b.add(Teams, FeedStock, at, one, dims)
	hour, weekday := hourOfWeek(at.In(b.catalogue.Timezone))
	b.add(ContactsByHour, FeedWindow, at, one, dimensions{}, hour, weekday, "")
	if customer == "" {
		return
	}
	known := at.Add(b.catalogue.Horizons.FCR)
	b.add(RepeatContact, FeedWindow, known, flag(!next.IsZero() && !next.After(known)), dims)
}

// hourOfWeek returns how labels name the hour and the weekday of a local time.
func hourOfWeek(local time.Time) (hour, weekday string) {
	const hours = "000102030405060708091011121314151617181920212223"
	weekdays := [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	i := 2 * local.Hour()
	return hours[i : i+2], weekdays[local.Weekday()]
}

// transferred collects whether a contact that was handled had been passed on.
func (b *Contributions) transferred(at time.Time, transfers desk.Opt[int], dims dimensions) {
	if transfers.Set {
		b.add(ContactsTransferred, FeedWindow, at, flag(transfers.Value > 0), dims)
	}
}

// completed collects who handled a contact to its end.
func (b *Contributions) completed(at time.Time, by desk.Role, dims dimensions) {
	switch by {
	case desk.RoleBot:
		b.add(AutomationSeen, FeedWindow, at, one, dims)
	case desk.RoleAgent:
	default:
		return
	}
	b.add(ContactsAutomated, FeedWindow, at, flag(by == desk.RoleBot), dims)
}

// active collects that an agent did something.
func (b *Contributions) active(at time.Time, agent string, dims dimensions) {
	b.addDistinct(AgentsActive, FeedWindow, at, agent, dims)
}

// sampledShare is what the first count is of the second, which covers
// everything; nothing where that is below the smallest sample.
func (d *Definitions) sampledShare() func([]tally.Count, time.Duration) (float64, bool) {
	least := int64(max(d.MinSample, 1))
	return func(c []tally.Count, _ time.Duration) (float64, bool) {
		if c[1].N < least {
			return 0, false
		}
		return float64(c[0].N) / float64(c[1].N), true
	}
}
