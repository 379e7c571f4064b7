package rt

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/rt/rttest"
	"helpdesk_exporter/sources/sourcestest"
)

// versions are the desks that show their pages differently.
func versions() []rttest.Options {
	return []rttest.Options{
		{Version: "5.0.3"},
		{Version: "5.0.6"},
		{Version: "5.0.3", NoTotals: true},
		{Version: "5.0.6", NoTotals: true, Plain: true},
		{Version: "5.0.3", Plain: true, Loose: true},
	}
}

// onEach runs a test on a desk of each version.
func onEach(t *testing.T, change func(*Config), test func(t *testing.T, p *played)) {
	for _, o := range versions() {
		name := fmt.Sprintf("%s plain=%t loose=%t totals=%t", o.Version, o.Plain, o.Loose, !o.NoTotals)
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) { test(t, play(t, o, change)) })
		})
	}
}

func TestEveryVersionKeepsTheContract(t *testing.T) {
	w := sourcestest.Invent(3, sourcestest.Invention{
		Tickets: 120, From: ago(40 * 24 * time.Hour), To: ago(12 * time.Hour), Old: 30,
		Without: []sourcestest.What{sourcestest.Close},
	})
	for _, o := range versions() {
		o.HiddenQueues = []string{"General"}
		t.Run(fmt.Sprintf("%s plain=%t loose=%t totals=%t", o.Version, o.Plain, o.Loose, !o.NoTotals), func(t *testing.T) {
			sourcestest.Run(t, func(t *testing.T) (sources.Source, time.Time) {
				o.Token, o.Now = token, func() time.Time { return now }
				p := &played{TB: t}
				p.read(rttest.New(w, o), withFields)
				return p.Source, now
			})
		})
	}
}

func TestAPageOfHiddenTransactionsIsNotTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{Version: "5.0.3", HiddenQueues: []string{"Personnel"}}, nil)
		p.desk.Queue("Personnel")
		first := p.desk.Open(ago(100*time.Minute), "General", "zoe@customer.test", "zoe@customer.test")
		p.drain()
		secret := p.desk.Open(ago(90*time.Minute), "Personnel", "zoe@customer.test", "zoe@customer.test")
		for range 300 {
			p.desk.Write(secret, ago(80*time.Minute), "amy")
		}
		p.desk.Write(first, ago(70*time.Minute), "amy")
		page := p.drain()
		equal(t, "messages", said(ticketOf(t, page, first)), "agent 70")
		if held(page)[fmt.Sprint(secret)] != nil {
			t.Error("the hidden ticket is told of")
		}
		// Those of a queue that was made since the list was read are not skipped.
		p.until = p.until.Add(10 * time.Minute)
		p.desk.Queue("Sales")
		for range 150 {
			p.desk.Write(secret, ago(60*time.Minute), "amy")
		}
		sale := p.desk.Open(ago(50*time.Minute), "Sales", "zoe@customer.test", "zoe@customer.test")
		for range 150 {
			p.desk.Write(secret, ago(45*time.Minute), "amy")
		}
		p.desk.Write(first, ago(40*time.Minute), "amy")
		page = p.drain()
		equal(t, "messages", said(ticketOf(t, page, first)), "agent 40")
		equal(t, "messages of the new queue", said(ticketOf(t, page, sale)), "customer 50")
	})
}

func TestATicketThatComesOutOfAHiddenQueueComesWithItsHistory(t *testing.T) {
	for _, o := range versions() {
		o.HiddenQueues = []string{"Personnel"}
		bubble(t, func(t *testing.T) {
			p := play(t, o, nil)
			p.desk.Queue("Personnel")
			id := p.desk.Open(ago(100*time.Minute), "Personnel", "zoe@customer.test", "zoe@customer.test")
			p.desk.Write(id, ago(90*time.Minute), "amy")
			other := p.desk.Open(ago(80*time.Minute), "General", "zoe@customer.test", "zoe@customer.test")
			p.desk.Write(other, ago(70*time.Minute), "amy") // the log is not read again before
			p.drain()
			p.desk.Move(id, ago(60*time.Minute), "General", "amy")
			got := ticketOf(t, p.drain(), id)
			equal(t, "messages", said(got), "customer 100, agent 90")
			equal(t, "changes", turned(got), "new 100, open 90")
			equal(t, "team", got.Team, "General")
		})
	}
}

func TestACredentialThatSeesNothingIsNoIdleDesk(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{HiddenQueues: []string{"General"}}, nil)
		_, err := p.Fetch(t.Context(), nil, now)
		if sources.ReasonOf(err) != sources.ReasonRefused || !strings.Contains(err.Error(), "SeeQueue") {
			t.Errorf("got %v", err)
		}
	})
}

func TestMoreTicketsThanAPageChangedInOneSecond(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		for range 550 {
			p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		}
		for id := range int64(150) { // the highest ids changed later than the lowest
			p.desk.Write(id+401, ago(30*time.Minute-time.Duration(id)*time.Second), "amy")
		}
		for id := range int64(100) {
			p.desk.Write(id+1, ago(40*time.Minute-time.Duration(id)*time.Second), "amy")
		}
		told := map[string]bool{}
		for _, r := range p.drain().Records {
			if r.Body.Kind() == desk.KindTicket {
				told[r.ID] = true
			}
		}
		for id := range 550 {
			if !told[fmt.Sprint(id+1)] {
				t.Fatalf("ticket %d is not told of", id+1)
			}
		}
	})
}

func TestWhatHappensInTheSecondOfAReadingIsTold(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		id := p.desk.Open(now, "General", "zoe@customer.test", "zoe@customer.test")
		equal(t, "status", ticketOf(t, p.drain(), id).Status, desk.StatusNew)
		p.desk.Turn(id, now, "open", "amy")
		equal(t, "status", ticketOf(t, p.drain(), id).Status, desk.StatusOpen)
		if again := p.drain(); len(again.Records) > 0 {
			t.Errorf("told again: %+v", again.Records)
		}
	})
}

func TestATransactionThatBecomesVisibleLateIsNotSkipped(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		id := p.desk.Open(ago(10*time.Minute), "General", "zoe@customer.test", "zoe@customer.test")
		p.drain()
		p.desk.Write(id, ago(61*time.Second), "zoe@customer.test")
		commit := p.desk.Delay()
		p.desk.Turn(id, ago(time.Second), "stalled", "amy")
		equal(t, "messages", said(ticketOf(t, p.drain(), id)), "")
		commit()
		equal(t, "messages", said(ticketOf(t, p.drain(), id)), "customer 1")
		if again := p.drain(); len(again.Records) > 0 {
			t.Errorf("told again: %+v", again.Records)
		}
	})
}

func TestATicketThatBecomesVisibleLateIsNotSkipped(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		p.desk.Open(ago(10*time.Minute), "General", "zoe@customer.test", "zoe@customer.test")
		p.drain()
		late := p.desk.Open(ago(61*time.Second), "General", "zoe@customer.test", "zoe@customer.test")
		commit := p.desk.Delay()
		p.desk.Open(ago(time.Second), "General", "zoe@customer.test", "zoe@customer.test")
		if h := held(p.drain())[fmt.Sprint(late)]; h != nil {
			t.Fatal("it is told of before it is there")
		}
		commit()
		got := ticketOf(t, p.drain(), late)
		equal(t, "status", got.Status, desk.StatusNew)
		equal(t, "messages", said(got), "customer 1")
	})
}

func TestOldTicketsComeWithAllTheirHistory(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		day := 24 * time.Hour
		var waiting []int64
		for i := range 45 {
			id := p.desk.Open(ago(time.Duration(400-i)*day), "General", "zoe@customer.test", "zoe@customer.test")
			p.desk.Write(id, ago(time.Duration(300-i)*day), "amy")
			waiting = append(waiting, id)
		}
		long := p.desk.Open(ago(200*day), "General", "zoe@customer.test", "zoe@customer.test")
		for i := range 250 {
			p.desk.Write(long, ago(199*day-time.Duration(i)*time.Minute), "zoe@customer.test")
		}
		back := p.desk.Open(ago(200*day), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Write(back, ago(199*day), "amy")
		p.desk.Turn(back, ago(198*day), "resolved", "amy")
		done := p.desk.Open(ago(200*day), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Turn(done, ago(190*day), "resolved", "amy")

		page := p.drain()
		for i, id := range waiting {
			got := ticketOf(t, page, id)
			equal(t, "messages", len(got.Messages), 2)
			equal(t, "answered", got.Messages[1].At, ago(time.Duration(300-i)*day))
		}
		equal(t, "messages of the long one", len(ticketOf(t, page, long).Messages), 251)
		for _, id := range []int64{back, done} {
			if held(page)[fmt.Sprint(id)] != nil {
				t.Error("a ticket is told of that was finished before the start")
			}
		}

		p.desk.Write(back, ago(5*time.Minute), "zoe@customer.test")
		got := ticketOf(t, p.drain(), back)
		equal(t, "messages", len(got.Messages), 3)
		equal(t, "solved", got.SolvedAt, time.Time{}) // the desk still tells of it
		equal(t, "solved", got.StatusChanges[2], desk.StatusChange{At: ago(198 * day), Status: desk.StatusSolved})
		equal(t, "reopened", got.StatusChanges[3], desk.StatusChange{At: ago(5 * time.Minute), Status: desk.StatusOpen})
	})
}

func TestHistoriesAreReadTogetherWhereTheDeskCan(t *testing.T) {
	for _, o := range versions() {
		bubble(t, func(t *testing.T) {
			p := play(t, o, nil)
			for range 60 {
				p.desk.Open(ago(1000*time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
			}
			p.drain()
			asked := p.desk.Asked()
			if o.Plain {
				equal(t, "histories", asked["ticket"], 120)
				return
			}
			equal(t, "histories", asked["ticket"], 0)
			equal(t, "transactions", asked["transactions"], 2+3*2) // the log; twenty tickets each time, and behind them
		})
	}
}

func TestASteadyPollTakesFewRequests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{Version: "5.0.3"}, nil)
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.drain()
		p.desk.Asked()
		for range 10 {
			p.until = p.until.Add(time.Minute)
			p.desk.Write(id, p.until.Add(-10*time.Second), "amy")
			p.drain()
		}
		asked := p.desk.Asked()
		equal(t, "transactions", asked["transactions"], 20)
		equal(t, "tickets", asked["tickets"], 10)
		equal(t, "users", asked["user"], 1) // amy had not written before
		equal(t, "queues", asked["queues"], 0)
	})
}

func TestTheCursorStaysSmall(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		for i := range 300 {
			p.desk.Open(ago(time.Duration(300-i)*time.Minute), "General", "zoe@customer.test", "zoe@customer.test")
		}
		p.drain()
		if len(p.cursor) > 1000 {
			t.Errorf("it has %d bytes: %s", len(p.cursor), p.cursor)
		}
	})
}

func TestAnAgentIsAskedForAgainAfterADay(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.drain()
		p.desk.Asked()
		p.until = p.until.Add(25 * time.Hour)
		p.desk.Write(id, p.until, "zoe@customer.test")
		p.drain()
		equal(t, "users", p.desk.Asked()["user"], 1)
	})
}

func TestADeskThatHidesWhoIsWhoIsReadAnewWhenItTells(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		hides := true
		p.read(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hides && strings.HasPrefix(r.URL.Path, "/REST/2.0/user/") {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			p.desk.ServeHTTP(w, r)
		}), nil)
		id := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Write(id, ago(50*time.Minute), "amy")
		equal(t, "messages", said(ticketOf(t, p.drain(), id)), "unknown 60, unknown 50")
		if c := p.Capabilities()[0]; c.Name != capabilityUsers || c.Available || c.Why == "" {
			t.Errorf("capability %+v", c)
		}
		hides = false
		p.until = p.until.Add(10 * time.Minute)
		if page := p.drain(); len(page.Records) > 0 {
			t.Errorf("it was tried again before an hour was over: %+v", page.Records)
		}
		p.until = p.until.Add(time.Hour)
		got := ticketOf(t, p.drain(), id)
		equal(t, "messages", said(got), "customer 60, agent 50")
		equal(t, "by", got.CreatedBy, desk.RoleCustomer)
		if c := p.Capabilities()[0]; !c.Available {
			t.Errorf("capability %+v", c)
		}
	})
}

func TestABadRecordIsRejectedOnce(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		good := p.desk.Open(ago(time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		bad := p.desk.Open(ago(30*time.Minute), "General", "zoe@customer.test", "zoe@customer.test")
		p.desk.Spoil(bad, func(item map[string]any) { item["LastUpdated"] = "yesterday" })
		page := p.drain()
		ticketOf(t, page, good)
		if len(page.Rejects) != 1 || page.Rejects[0].Where != fmt.Sprintf("ticket %d", bad) || page.Rejects[0].Reason != desk.ReasonBadTime {
			t.Errorf("rejects: %+v", page.Rejects)
		}
		if again := p.drain(); len(again.Rejects) > 0 {
			t.Errorf("rejected again: %+v", again.Rejects)
		}
	})
}

func TestACursorOfAnotherVersionIsAnErrorThatHelps(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := play(t, rttest.Options{}, nil)
		for _, cursor := range []string{`{"v":2}`, `[]`, `{`, `x`} {
			_, err := p.Fetch(t.Context(), desk.Cursor(cursor), now)
			if sources.ReasonOf(err) != sources.ReasonInternal || !strings.Contains(err.Error(), "another name") {
				t.Errorf("%s: got %v", cursor, err)
			}
		}
	})
}

func TestTheWholeAddressOfTheAPIMayBeWritten(t *testing.T) {
	for _, address := range []string{"http://rt.example", "http://rt.example/", "http://rt.example/REST/2.0", "http://rt.example/REST/2.0/"} {
		bubble(t, func(t *testing.T) {
			p := play(t, rttest.Options{}, func(c *Config) { c.API.URL = address })
			p.drain()
		})
	}
}

func TestTheFirstSyncReadsEachTicketOnce(t *testing.T) {
	onEach(t, nil, func(t *testing.T, p *played) {
		for i := range 30 {
			p.desk.Open(ago(time.Duration(10*(i+1))*time.Hour), "General", "zoe@customer.test", "zoe@customer.test")
		}
		told := 0
		for _, r := range p.drain().Records {
			if r.Body.Kind() == desk.KindTicket {
				told++
			}
		}
		equal(t, "states", told, 30)
	})
}
