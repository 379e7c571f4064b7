package rt

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources/rt/rttest"
)

// said writes out who spoke when, in minutes before now.
func said(of *desk.Ticket) string {
	var b strings.Builder
	for _, m := range of.Messages {
		fmt.Fprintf(&b, "%s %.0f, ", m.Author, now.Sub(m.At).Minutes())
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// turned writes out which status was taken on when.
func turned(of *desk.Ticket) string {
	var b strings.Builder
	for _, c := range of.StatusChanges {
		fmt.Fprintf(&b, "%s %.0f, ", c.Status, now.Sub(c.At).Minutes())
	}
	return strings.TrimSuffix(b.String(), ", ")
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestALifeIsToldInFull(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		p.desk.Queue("Billing")
		id := p.desk.Open(ago(100*time.Minute), "Billing", "zoe@customer.test", "zoe@customer.test")
		p.desk.Own(id, ago(95*time.Minute), "amy")
		p.desk.Write(id, ago(90*time.Minute), "amy")
		p.desk.Turn(id, ago(80*time.Minute), "stalled", "amy")
		p.desk.Write(id, ago(70*time.Minute), "zoe@customer.test")
		p.desk.Turn(id, ago(60*time.Minute), "resolved", "amy")
		p.desk.Write(id, ago(50*time.Minute), "zoe@customer.test")
		p.desk.Turn(id, ago(40*time.Minute), "resolved", "bob")
		p.desk.Work(id, ago(30*time.Minute), 25)
		page := p.drain()
		got := ticketOf(t, page, id)
		equal(t, "messages", said(got), "customer 100, agent 90, customer 70, customer 50")
		equal(t, "changes", turned(got), "new 100, open 90, pending 80, open 70, solved 60, open 50, solved 40")
		equal(t, "status", got.Status, desk.StatusSolved)
		equal(t, "created", got.CreatedAt, ago(100*time.Minute))
		equal(t, "updated", got.UpdatedAt, ago(30*time.Minute))
		equal(t, "solved", got.SolvedAt, ago(40*time.Minute))
		equal(t, "by", got.CreatedBy, desk.RoleCustomer)
		equal(t, "team", got.Team, "Billing")
		equal(t, "priority", got.Priority, "low")
		equal(t, "work", got.HandleTime, desk.Some(25*time.Minute))
		equal(t, "channel", got.Channel, "")
		if got.Agent == "" || got.Requester == "" || strings.Contains(got.Agent+got.Requester, "zoe") {
			t.Errorf("ids: agent %q, requester %q", got.Agent, got.Requester)
		}
		equal(t, "as of", page.AsOf, now)
	})
}

func TestATicketThatAnAgentOpensIsTheAgents(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		id := p.desk.Open(ago(time.Hour), "General", "amy", "zoe@customer.test")
		got := ticketOf(t, p.drain(), id)
		equal(t, "by", got.CreatedBy, desk.RoleAgent)
		equal(t, "messages", said(got), "agent 60")
		equal(t, "owner", got.Agent, "")
		if got.HandleTime.Set {
			t.Error("nobody worked, and it took a time")
		}
	})
}

func TestTheDeskItselfAnswersNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Write(id, ago(50*time.Minute), "RT_System")
		got := ticketOf(t, p.drain(), id)
		equal(t, "messages", said(got), "customer 60, auto 50")
		own := p.desk.Open(ago(40*time.Minute), "General", "RT_System", "zoe@customer.test")
		equal(t, "by", ticketOf(t, p.drain(), own).CreatedBy, desk.RoleSystem)
	})
}

func TestWithdrawnTicketsAreToldOf(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		var ids []int64
		for i := range 4 {
			ids = append(ids, p.desk.Open(ago(time.Duration(100-i)*time.Minute), "General", "zoe@customer.test", "zoe@customer.test"))
		}
		p.drain()
		p.desk.Merge(ids[0], ids[1], ago(30*time.Minute), "amy")
		p.desk.Turn(ids[2], ago(25*time.Minute), "rejected", "amy")
		p.desk.Turn(ids[2], ago(20*time.Minute), "deleted", "amy")
		p.desk.Turn(ids[3], ago(15*time.Minute), "rejected", "amy")
		page := p.drain()
		merged, deleted, rejected := held(page)[fmt.Sprint(ids[0])], held(page)[fmt.Sprint(ids[2])], ticketOf(t, page, ids[3])
		gone := merged.Body.(*desk.Ticket)
		equal(t, "merged", gone.Status, desk.StatusMerged)
		equal(t, "into", gone.MergedInto, fmt.Sprint(ids[1]))
		equal(t, "merged at", gone.UpdatedAt, ago(30*time.Minute))
		equal(t, "merged, created", gone.CreatedAt, ago(100*time.Minute))
		equal(t, "merged, messages", said(gone), "customer 100")
		equal(t, "deleted", deleted.Deleted, true)
		equal(t, "deleted at", deleted.Body.Changed(), ago(20*time.Minute))
		equal(t, "deleted, changes", turned(deleted.Body.(*desk.Ticket)), "new 98, closed 25, deleted 20")
		equal(t, "rejected", rejected.Status, desk.StatusClosed)
		for _, r := range page.Records {
			if of, ok := r.Body.(*desk.Ticket); ok && r.ID == fmt.Sprint(ids[1]) && of.Status != desk.StatusNew {
				t.Errorf("the ticket that the other became part of is told of as %+v", of)
			}
		}
	})
}

func TestATicketThatCameAndWentBetweenTwoPollsIsNoLongOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Turn(id, ago(50*time.Minute), "deleted", "amy")
		h := held(p.drain())[fmt.Sprint(id)]
		equal(t, "deleted", h.Deleted, true)
		equal(t, "created", h.Body.(*desk.Ticket).CreatedAt, ago(time.Hour))
	})
}

func TestStatusesOfOtherLifecycles(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, func(c *Config) { c.Statuses = map[string]string{"Waiting": "on_hold"} })
		want := map[int64]desk.Status{}
		for status, ours := range map[string]desk.Status{
			"waiting": desk.StatusOnHold, "parked": desk.StatusOpen, "abandoned": desk.StatusClosed, "stalled": desk.StatusPending,
		} {
			id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
			p.desk.Turn(id, ago(50*time.Minute), status, "amy")
			want[id] = ours
		}
		page := p.drain()
		for id, status := range want {
			got := ticketOf(t, page, id)
			equal(t, "status", got.Status, status)
			equal(t, "changes", turned(got), "new 60, "+status.String()+" 50")
		}
		// A status that no ticket has any more says nothing.
		id := slices.Min(slices.Collect(maps.Keys(want)))
		p.desk.Turn(id, ago(30*time.Minute), "sleeping", "amy")
		p.desk.Turn(id, ago(20*time.Minute), "resolved", "amy")
		equal(t, "changes", turned(ticketOf(t, p.drain(), id)), "solved 20")
		p.desk.Spoil(id, func(item map[string]any) { item["Status"] = "sleeping" })
		equal(t, "status", ticketOf(t, p.drain(), id).Status, desk.StatusOpen)
	})
}

func TestPriorities(t *testing.T) {
	steps := map[string]int{"low": 0, "normal": 10, "urgent": 100}
	for number, want := range map[text][2]string{
		"0": {"low", "low"}, "49": {"low", "normal"}, "50": {"normal", "normal"}, "100": {"high", "urgent"},
		"-5": {"low", "low"}, "1000": {"high", "urgent"}, "High": {"high", "high"}, "": {"", ""}, "odd": {"", ""},
	} {
		usual, own := &Config{}, &Config{Priorities: steps}
		for i, c := range []*Config{usual, own} {
			s := &Source{priorities: c.priorities()}
			if got := s.priority(number); got != want[i] {
				t.Errorf("%s: got %q, want %q", number, got, want[i])
			}
		}
	}
}

func TestTheChannelIsThatOfTheFirstMessage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, func(c *Config) { c.Channel = ChannelInterface })
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Write(id, ago(50*time.Minute), "zoe@customer.test") // by mail
		equal(t, "channel", ticketOf(t, p.drain(), id).Channel, "web")
		p.desk.Asked()
		p.desk.Write(id, ago(40*time.Minute), "amy")
		equal(t, "channel", ticketOf(t, p.drain(), id).Channel, "web")
		equal(t, "requests for it again", p.desk.Asked()["ticket"], 0)
	})
	for headers, want := range map[string]string{
		"Subject: x\nX-RT-Interface: Email\nTo: y": "email", "x-rt-interface: Mobile": "web", "X-RT-Interface:REST": "api",
		"X-RT-Interface: Telepathy": "other", "Subject: X-RT-Interface": "", "": "",
	} {
		equal(t, headers, channelIn(headers), want)
	}
}

func TestTheChannelAndTheRatingOfCustomFields(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, withFields)
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Spoil(id, func(item map[string]any) {
			if all, ok := item["CustomFields"].([]any); ok {
				all[1].(map[string]any)["values"] = []string{"Whatsapp"}
			}
		})
		ratings := func(page desk.Page) string {
			var got []string
			for _, r := range page.Records {
				if s, ok := r.Body.(*desk.Survey); ok {
					got = append(got, fmt.Sprintf("%s %s %s %v%s %.0f %t", r.ID, s.Survey, s.Ticket, s.Score.Value, s.Answer, now.Sub(s.RespondedAt).Minutes(), r.Deleted))
				}
			}
			return strings.Join(got, "; ")
		}
		p.desk.Rate(id, ago(50*time.Minute), "4")
		page := p.drain()
		equal(t, "channel", ticketOf(t, page, id).Channel, "messaging")
		equal(t, "rating", ratings(page), "1 csat 1 4 50 false")
		p.desk.Rate(id, ago(40*time.Minute), "2")
		equal(t, "another rating", ratings(p.drain()), "1 csat 1 2 50 false")
		p.desk.Rate(id, ago(30*time.Minute), "")
		equal(t, "no rating", ratings(p.drain()), "1 csat 1 0 30 true")
		p.desk.Rate(id, ago(20*time.Minute), "fine")
		equal(t, "a word", ratings(p.drain()), "1 csat 1 0fine 20 false")
	})
}

func TestAMissingCustomFieldIsSaid(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, func(c *Config) { c.ChannelField, c.CSATField = "Channel", "Stars" })
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Rate(id, ago(50*time.Minute), "4")
		for _, r := range p.drain().Records {
			if r.Body.Kind() == desk.KindSurvey {
				t.Errorf("another field is taken for a rating: %+v", r.Body)
			}
		}
		for _, c := range p.Capabilities() {
			if fine := c.Name != capabilityFields; c.Available != fine || !fine && !strings.Contains(c.Why, "Stars") {
				t.Errorf("capability %+v", c)
			}
		}
	})
}

func TestTheDueDateIsAPromiseOnlyIfConfigured(t *testing.T) {
	for due, want := range map[Due]time.Time{DueNone: {}, DueResolution: now.Add(time.Hour)} {
		bubble(t, func(t *testing.T) {
			p := play(t, rttest.Options{}, func(c *Config) { c.Due = due })
			id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
			p.desk.Spoil(id, func(item map[string]any) { item["Due"] = now.Add(time.Hour).Format(time.RFC3339) })
			got := ticketOf(t, p.drain(), id)
			equal(t, "due", got.ResolutionDueAt, want)
			equal(t, "first response due", got.FirstResponseDueAt, time.Time{})
		})
	}
}
