package book_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

const openedInHour = `helpdesk_tickets_opened_in_window{desk="acme",by="all",window="1h"}`

// The second source is not read as far as the first: the windows of both end
// where it ends, and hold what lies before, back to where they begin then.
func TestWindowsGoBackToTheEndOfASecondSource(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("drops", "acme", desk.KindTicket))
	var tickets []desk.Record
	for i := range 240 {
		at := monday.Add(-time.Duration(i) * time.Minute)
		tickets = append(tickets, ticket(fmt.Sprint(i), at, at, desk.StatusOpen))
	}
	o.poll("zen", monday, tickets...)
	o.read(monday) // what is too old has left the windows
	end := monday.Add(-2 * time.Hour)
	o.commit("drops", desk.Page{AsOf: end}, monday)
	for range 2 {
		if n := o.read(monday).values[openedInHour]; n != 60 {
			t.Errorf("%v tickets in the hour to %v, want 60", n, end)
		}
		o.reopen(monday)
	}
	o.commit("drops", desk.Page{AsOf: monday}, monday)
	if n := o.read(monday).values[openedInHour]; n != 60 {
		t.Errorf("%v tickets in the last hour, want 60", n)
	}
}

// The page that lets windows end earlier is in them when they show again, and
// in the counters too.
func TestAPageThatSetsWindowsBackCounts(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("drops", "acme", desk.KindTicket))
	o.poll("zen", monday)
	late := monday.Add(2 * time.Hour) // zen counts without drops, which has not come in time
	o.poll("zen", late, ticket("1", monday, monday, desk.StatusOpen))
	o.commit("drops", desk.Page{AsOf: monday, Records: []desk.Record{ticket("2", monday, monday, desk.StatusOpen)}}, late)
	o.poll("zen", late, ticket("3", monday, monday, desk.StatusOpen))
	e := o.read(late)
	if n := e.values[openedInHour]; n != 3 {
		t.Errorf("%v tickets in the hour to %v, want 3", n, monday)
	}
	if n := e.sum("helpdesk_tickets_opened_total", "acme"); n != 2 {
		t.Errorf("%v tickets counted, want the two that are no history", n)
	}
	if open := e.sum("helpdesk_tickets_open", "acme"); open != 3 {
		t.Errorf("%v tickets open, want 3", open)
	}
}

// Scrapes go on while windows are built anew, and see the old or the new ones.
func TestScrapesGoOnWhileWindowsAreBuilt(t *testing.T) {
	o := openOffice(t, "", source("zen", "acme", desk.KindTicket), source("drops", "acme", desk.KindTicket))
	var tickets []desk.Record
	for i := range 3000 {
		at := monday.Add(-time.Duration(i) * time.Second)
		tickets = append(tickets, ticket(fmt.Sprint(i), at, at, desk.StatusOpen))
	}
	o.poll("zen", monday, tickets...)
	stop := make(chan struct{})
	var scrapes sync.WaitGroup
	scrapes.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if n, shown := o.read(monday).values[openedInHour]; shown && n != 1200 {
					t.Errorf("a scrape saw %v tickets in the window, want 1200 or none", n)
				}
			}
		}
	})
	end := monday.Add(-30 * time.Minute)
	o.commit("drops", desk.Page{AsOf: end}, monday)
	o.read(monday)
	close(stop)
	scrapes.Wait()
}

func TestWhatIsDatedAheadEntersTheWindowsInTime(t *testing.T) {
	const eligible = `helpdesk_first_response_target_eligible{desk="acme",by="all",threshold="1h",window="1h"}`
	created := monday.Add(10 * time.Minute)
	for at, want := range map[time.Duration]float64{
		time.Hour + 9*time.Minute: 0, time.Hour + 10*time.Minute: 1, 2*time.Hour + 11*time.Minute: 0,
	} {
		o := openOffice(t, "", source("zen", "acme", desk.KindTicket))
		// An hour to answer; nobody does. A correction moves when it begins.
		o.poll("zen", monday, ticket("1", monday, monday, desk.StatusOpen))
		o.poll("zen", monday.Add(time.Minute), ticket("1", created, monday.Add(time.Minute), desk.StatusOpen))
		o.poll("zen", monday.Add(at))
		for range 2 {
			if n := o.read(monday.Add(at)).values[eligible]; n != want {
				t.Errorf("after %v: %v tickets past their target, want %v", at, n, want)
			}
			o.reopen(monday.Add(at))
		}
	}
}
