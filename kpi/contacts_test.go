package kpi_test

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
)

// came is a call of somebody who was answered.
func came(at time.Time, changes ...func(*desk.Call)) kpi.Group {
	c := &desk.Call{ArrivedAt: at, AnsweredAt: at, EndedAt: at.Add(time.Minute)}
	for _, change := range changes {
		change(c)
	}
	return kpi.Group{Record: held(desk.Record{ID: "c", Body: c})}
}

func ended(o desk.Outcome) func(*desk.Call) { return func(c *desk.Call) { c.Outcome = o } }

func TestContactsAreTicketsAndCallsThatNameNone(t *testing.T) {
	at := ago(day)
	byAgent := desk.Ticket{CreatedAt: at, CreatedBy: desk.RoleAgent, Status: desk.StatusOpen}
	onThePhone, wroteBack := byAgent, byAgent
	onThePhone.Channel = "phone"
	wroteBack.Messages = []desk.Message{public(desk.RoleAgent, at), public(desk.RoleCustomer, at.Add(time.Hour))}
	ofTicket := came(at)
	ofTicket.OfTicket = true
	follower := came(at)
	follower.Follows = true
	for name, tt := range map[string]struct {
		group kpi.Group
		want  float64
	}{
		"a ticket":                               {ticket(desk.Ticket{CreatedAt: at, Status: desk.StatusOpen}), 1},
		"what an agent opened":                   {ticket(byAgent), 0},
		"what an agent noted of a call":          {ticket(onThePhone), 1},
		"what an agent opened, and was answered": {ticket(wroteBack), 1},
		"spam":                                   {ticket(desk.Ticket{CreatedAt: at, Status: desk.StatusSpam}), 0},
		"a call":                                 {came(at), 1},
		"a call that names a ticket":             {ofTicket, 0},
		"a leg that another one speaks for":      {follower, 0},
		"a call by the desk":                     {came(at, func(c *desk.Call) { c.Direction = desk.DirectionOutbound }), 0},
		"a call that was given up in the queue":  {came(at, ended(desk.OutcomeAbandoned)), 1},
		"a call given up in the menu":            {came(at, ended(desk.OutcomeAbandonedIVR)), 0},
		"a call that was blocked":                {came(at, ended(desk.OutcomeBlocked)), 0},
		"a call that failed":                     {came(at, ended(desk.OutcomeFailed)), 0},
		"a voicemail":                            {came(at, ended(desk.OutcomeVoicemail)), 1},
		"one who wants to be called back":        {came(at, ended(desk.OutcomeCallback)), 1},
	} {
		e := evaluate(t, catalogue(), tt.group)
		if got, _ := e.window("helpdesk_contacts_in_window"); got != tt.want {
			t.Errorf("%s: %v contacts in the window, want %v", name, got, tt.want)
		}
		if got := e.total("helpdesk_contacts_total"); float64(got) != tt.want {
			t.Errorf("%s: %d contacts counted, want %v", name, got, tt.want)
		}
	}
}

// Three of four came by e-mail.
func TestTheShareOfAChannelIsOfAllContacts(t *testing.T) {
	mail := ticket(desk.Ticket{CreatedAt: ago(day), Status: desk.StatusOpen, Channel: "email", Team: "front"})
	e := evaluate(t, catalogue(), mail, mail, mail, came(ago(day)))
	e.is("helpdesk_contact_channel_ratio", 0.75, 0, "channel", "email")
	e.is("helpdesk_contact_channel_ratio", 0.25, 0, "channel", "phone")
}

func TestAContactIsRepeatedWhenTheCustomerComesAgainInTime(t *testing.T) {
	for name, tt := range map[string]struct {
		next time.Time
		want float64
	}{
		"never":                    {time.Time{}, 0},
		"as the horizon ended":     {ago(2 * day), 1},
		"just after the horizon":   {ago(2 * day).Add(time.Nanosecond), 0},
		"at once":                  {ago(9 * day), 1},
		"before the horizon ended": {ago(2 * day).Add(-time.Nanosecond), 1},
	} {
		wrote := ticket(desk.Ticket{CreatedAt: ago(9 * day), Requester: "ann", Status: desk.StatusOpen})
		phoned := came(ago(9*day), func(c *desk.Call) { c.Customer = "ann" })
		wrote.Next, phoned.Next = tt.next, tt.next
		for _, g := range []kpi.Group{wrote, phoned} {
			e := evaluate(t, catalogue(), g)
			if got, ok := e.window("helpdesk_repeat_contact_ratio"); !ok || got != tt.want {
				t.Errorf("came again %s: %v, %v; want %v", name, got, ok, tt.want)
			}
			e.is("helpdesk_repeat_contact_eligible", 1, 0)
			e.is("helpdesk_contacts_in_window", 0, 0) // the contact itself is older
		}
	}
	evaluate(t, catalogue(), came(ago(9*day))).absent("helpdesk_repeat_contact_ratio")
	early := evaluate(t, catalogue(), ticket(desk.Ticket{CreatedAt: ago(6 * day), Requester: "ann", Status: desk.StatusOpen}))
	early.is("helpdesk_repeat_contact_eligible", 0, 0) // nobody knows yet
}

func TestTransfersAreThoseOfContactsHandled(t *testing.T) {
	first, second := transferred()
	first.Contact, second.Contact = "x", "x"
	counted, uncounted := first, first
	counted.Contact, counted.Transfers = "", desk.Some(2)
	uncounted.Contact = ""
	missed := second
	missed.AnsweredAt, missed.Outcome = time.Time{}, desk.OutcomeAbandoned
	for name, tt := range map[string]struct {
		group      kpi.Group
		passed, of float64
	}{
		"a ticket passed on twice":          {group: issue(solvedYesterday, transfers(2)), passed: 1, of: 1},
		"a ticket not passed on":            {group: issue(solvedYesterday, transfers(0)), of: 1},
		"a ticket of which nobody knows":    {group: issue(solvedYesterday)},
		"an open ticket":                    {group: ticket(desk.Ticket{CreatedAt: ago(day), Status: desk.StatusOpen, Transfers: desk.Some(1)})},
		"a call of two answered legs":       {group: legs(first, second), passed: 1, of: 1},
		"a call that nobody took after all": {group: legs(first, missed), of: 1},
		"a call that says so":               {group: legs(counted), passed: 1, of: 1},
		"a call of which nobody knows":      {group: legs(uncounted)},
	} {
		e := evaluate(t, catalogue(), tt.group)
		passed, _ := e.window("helpdesk_contacts_transferred")
		of, _ := e.window("helpdesk_contacts_handled")
		if passed != tt.passed || of != tt.of {
			t.Errorf("%s: %v of %v passed on, want %v of %v", name, passed, of, tt.passed, tt.of)
		}
	}
	evaluate(t, catalogue(), issue(solvedYesterday, transfers(2)), issue(solvedYesterday, transfers(0))).is("helpdesk_transfer_ratio", 0.5, 0)
}

func solvedYesterday(_ *kpi.Group, t *desk.Ticket) { t.SolvedAt = ago(day) }

func TestAContactIsAutomatedWhenABotEndedItAlone(t *testing.T) {
	handledBy := func(by desk.Role) func(*kpi.Group, *desk.Ticket) {
		return adapt(func(t *desk.Ticket) { t.HandledBy = by })
	}
	bot, agent := public(desk.RoleBot, hour(1)), public(desk.RoleAgent, hour(2))
	byBot, byAgent := issue(solvedYesterday, wrote(bot)), issue(solvedYesterday, wrote(bot, agent))
	e := evaluate(t, catalogue(), byBot, byAgent,
		issue(solvedYesterday, handledBy(desk.RoleBot), wrote(agent)), // the desk knows better
		issue(solvedYesterday, handledBy(desk.RoleAgent)),
		issue(solvedYesterday), // nobody knows
		came(ago(day), func(c *desk.Call) { c.HandledBy = desk.RoleBot }),
		came(ago(day), func(c *desk.Call) { c.Agent = "x" }),
		came(ago(day)))
	e.is("helpdesk_contacts_automated", 3, 0)
	e.is("helpdesk_contacts_completed", 6, 0)
	e.is("helpdesk_contacts_automated_ratio", 0.5, 0)
	evaluate(t, catalogue(), byAgent).absent("helpdesk_contacts_automated_ratio") // nobody tells of bots
	evaluate(t, catalogue(), byBot, issue(solvedYesterday, wrote(bot), mergedWith(agent))).is("helpdesk_contacts_automated_ratio", 0.5, 0)
}

// Two of the four that were solved; one that is still open does not count.
func TestEscalationsAreSharesOfTheSolved(t *testing.T) {
	plain, raised := issue(solvedYesterday), issue(solvedYesterday, escalated(hour(1)))
	open := ticket(desk.Ticket{CreatedAt: ago(day), Status: desk.StatusOpen, EscalatedAt: ago(time.Hour)})
	e := evaluate(t, catalogue(), plain, plain, raised, raised, open)
	e.is("helpdesk_escalation_ratio", 0.5, 0)
	e.is("helpdesk_tickets_escalated", 2, 0)
	evaluate(t, catalogue(), plain, plain).absent("helpdesk_escalation_ratio") // nobody tells of any
}

func TestHoursAndWeekdaysAreThoseOfTheDesk(t *testing.T) {
	athens, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	d := definitions()
	d.Timezone = athens
	c := kpi.NewCatalogue(d)
	for at, want := range map[string][2]string{
		"2026-03-29T00:59:59Z": {"02", "sun"}, // UTC+2
		"2026-03-29T01:00:00Z": {"04", "sun"}, // UTC+3: there is no hour 3
		"2026-10-25T00:30:00Z": {"03", "sun"}, // UTC+3
		"2026-10-25T01:30:00Z": {"03", "sun"}, // UTC+2: the hour comes twice
		"2026-10-25T22:00:00Z": {"00", "mon"},
		"2026-10-25T21:59:59Z": {"23", "sun"},
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		e := evaluate(t, c, ticket(desk.Ticket{CreatedAt: instant, Status: desk.StatusOpen, Channel: "email"}))
		if got := e.fed(kpi.ContactsByHour, kpi.FeedWindow, "hour", want[0], "weekday", want[1]); len(got) != 1 {
			t.Errorf("%s is not shown at %s on %s: %+v", at, want[0], want[1], e.fed(kpi.ContactsByHour, kpi.FeedWindow))
		}
	}
}
