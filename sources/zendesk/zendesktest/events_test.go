package zendesktest

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"helpdesk_exporter/sources/sourcestest"
)

const events = "incremental/ticket_metric_events"

// standard is a policy whose targets are in calendar hours.
func standard(targets ...Target) Policy {
	for i := range targets {
		targets[i].Priority = "normal"
	}
	return Policy{Title: "Standard", Targets: targets}
}

// written writes out the events of some metrics: "minute type", with the
// instance before the minute.
func written(t *testing.T, a answer, metrics ...string) []string {
	t.Helper()
	all := []string{}
	for _, e := range a.list(t, "ticket_metric_events") {
		if e["type"] == "measure" || !slices.Contains(metrics, e["metric"].(string)) {
			continue
		}
		when, err := time.Parse(time.RFC3339, e["time"].(string))
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%v %v %v", e["instance_id"], when.Sub(monday).Minutes(), e["type"])
		switch {
		case e["type"] == "update_status":
			line += fmt.Sprintf(" %v/%v", nested(e, "status", "calendar"), nested(e, "status", "business"))
		case e["type"] == "apply_sla":
			line += fmt.Sprintf(" %v", nested(e, "sla", "target"))
		case e["deleted"] == true:
			line += " deleted"
		}
		all = append(all, line)
	}
	return all
}

// TestMetricsFollowTheReference goes through the metrics one by one.
func TestMetricsFollowTheReference(t *testing.T) {
	of := ticket(1,
		happened(10, sourcestest.AgentReply), happened(11, sourcestest.Pend), happened(20, sourcestest.CustomerReply),
		happened(21, sourcestest.CustomerReply), happened(30, sourcestest.Hold), happened(40, sourcestest.Open),
		happened(50, sourcestest.AgentReply), happened(60, sourcestest.Solve), happened(70, sourcestest.Reopen),
		happened(75, sourcestest.Note), happened(80, sourcestest.AgentReply), happened(90, sourcestest.Solve), happened(100, sourcestest.Close))
	d, _ := open(Options{}, of)
	a := ask(t, d, events, "start_time", "1")
	for metric, want := range map[string][]string{
		// From the creation, then from each first public comment of the customer, to
		// the agent's next public comment.
		replyTime: {
			"1 0 activate", "1 10 fulfill", "1 10 update_status 10/10",
			"2 20 activate", "2 50 fulfill", "2 50 update_status 30/30",
			"3 70 activate", "3 80 fulfill", "3 80 update_status 10/10",
		},
		// "paused when the ticket status is pending"; activate is "also used to
		// indicate that a ticket metric is no longer paused or, in some cases,
		// fulfilled".
		requesterWaitTime: {
			"1 0 activate", "1 11 pause", "1 20 activate", "1 60 fulfill", "1 60 update_status 51/51",
			"1 70 activate", "1 90 fulfill", "1 90 update_status 71/71",
		},
		// "paused when the ticket status is pending or on-hold".
		agentWorkTime: {
			"1 0 activate", "1 11 pause", "1 20 activate", "1 30 pause", "1 40 activate", "1 60 fulfill", "1 60 update_status 41/41",
			"1 70 activate", "1 90 fulfill", "1 90 update_status 61/61",
		},
		resolutionTime: {
			"1 0 activate", "1 60 fulfill", "1 60 update_status 60/60", "1 70 activate", "1 90 fulfill", "1 90 update_status 80/80",
		},
		// Between the public comments of agents.
		periodicUpdateTime: {
			"1 10 activate", "1 50 fulfill", "1 50 update_status 40/40",
			"2 50 activate", "2 60 fulfill", "2 60 update_status 10/10",
			"3 80 activate", "3 90 fulfill", "3 90 update_status 10/10",
		},
		// The same, but not while it is pending.
		pausableUpdateTime: {
			"1 10 activate", "1 11 pause", "1 20 activate", "1 50 fulfill", "1 50 update_status 31/31",
			"2 50 activate", "2 60 fulfill", "2 60 update_status 10/10",
			"3 80 activate", "3 90 fulfill", "3 90 update_status 10/10",
		},
		groupOwnershipTime: {"1 0 activate"},
	} {
		if got := written(t, a, metric); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", metric, got, want)
		}
	}
	measures := 0
	for _, e := range a.list(t, "ticket_metric_events") {
		if e["type"] == "measure" && e["instance_id"] == 0.0 {
			measures++
		}
	}
	if measures != 7 {
		t.Errorf("got %d measure events of instance 0, want one of each metric", measures)
	}
}

// TestWhatAnAgentWroteFirstIsNotWaitedFor: the reply time begins with the
// customer's first comment.
func TestWhatAnAgentWroteFirstIsNotWaitedFor(t *testing.T) {
	of := ticket(1, happened(10, sourcestest.AgentReply), happened(20, sourcestest.CustomerReply), happened(25, sourcestest.AgentReply))
	of.ByAgent, of.Agent = true, 501
	d, _ := open(Options{}, of)
	want := []string{"1 20 activate", "1 25 fulfill", "1 25 update_status 5/5"}
	if got := written(t, ask(t, d, events, "start_time", "1"), replyTime); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestUpdatesArePromisedWhileTheTicketIsWorkedOn: not by a comment on a solved
// one, and the pausable clock does not run while it is pending.
func TestUpdatesArePromisedWhileTheTicketIsWorkedOn(t *testing.T) {
	d, _ := open(Options{}, ticket(1, happened(10, sourcestest.Pend), happened(20, sourcestest.AgentReply),
		happened(30, sourcestest.Solve), happened(40, sourcestest.AgentReply)))
	a := ask(t, d, events, "start_time", "1")
	for metric, want := range map[string][]string{
		periodicUpdateTime: {"1 20 activate", "1 30 fulfill", "1 30 update_status 10/10"},
		pausableUpdateTime: {"1 20 activate", "1 20 pause", "1 30 fulfill", "1 30 update_status 0/0"},
	} {
		if got := written(t, a, metric); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", metric, got, want)
		}
	}
}

func TestReopenedTicketsMayRunAnew(t *testing.T) {
	of := ticket(1, happened(10, sourcestest.Solve), happened(20, sourcestest.Reopen))
	d, _ := open(Options{NewRuns: true}, of)
	want := []string{"1 0 activate", "1 10 fulfill", "1 10 update_status 10/10", "2 20 activate"}
	if got := written(t, ask(t, d, events, "start_time", "1"), resolutionTime); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASolveMayFulfillTheReplyTime(t *testing.T) {
	for fulfills, want := range map[bool][]string{
		false: {"1 0 activate"},
		true:  {"1 0 activate", "1 10 fulfill", "1 10 update_status 10/10"},
	} {
		d, _ := open(Options{SolvesAnswer: fulfills}, ticket(1, happened(10, sourcestest.Solve)))
		if got := written(t, ask(t, d, events, "start_time", "1"), replyTime); !slices.Equal(got, want) {
			t.Errorf("%t: got %q, want %q", fulfills, got, want)
		}
	}
}

// TestTargetsAreBreached when they have run for so long, in their own hours and
// not while they are paused.
func TestTargetsAreBreached(t *testing.T) {
	policy := standard(
		Target{Metric: "first_reply_time", Minutes: 30}, Target{Metric: "next_reply_time", Minutes: 20},
		Target{Metric: "agent_work_time", Minutes: 40})
	d, _ := open(Options{SLA: policy}, ticket(1,
		happened(29, sourcestest.AgentReply), happened(30, sourcestest.Pend), happened(50, sourcestest.CustomerReply),
		happened(100, sourcestest.AgentReply)))
	a := ask(t, d, events, "start_time", "1")
	for metric, want := range map[string][]string{
		replyTime: {
			"1 0 activate", "1 0 apply_sla 30", "1 29 fulfill", "1 29 update_status 29/29",
			"2 50 activate", "2 50 apply_sla 20", "2 70 breach", "2 70 update_status 20/20", "2 100 fulfill", "2 100 update_status 50/50",
		},
		agentWorkTime: {
			"1 0 activate", "1 0 apply_sla 40", "1 30 pause", "1 50 activate", "1 60 breach", "1 60 update_status 40/40",
		},
	} {
		if got := written(t, a, metric); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", metric, got, want)
		}
	}
	for _, e := range a.list(t, "ticket_metric_events") {
		if e["type"] == "apply_sla" && nested(e, "sla", "policy", "title") != "Standard" {
			t.Errorf("got %v, want the policy's title", e)
		}
	}
}

func TestBusinessTargetsWaitForTheOffice(t *testing.T) {
	of := ticket(1)
	of.CreatedAt = at(7.5 * 60) // half an hour before the office closes
	d, c := open(Options{SLA: standard(Target{Metric: "first_reply_time", Minutes: 60, Business: true})}, of)
	c.set(3 * 24 * 60)
	want := []string{"1 450 activate", "1 450 apply_sla 60", "1 1470 breach", "1 1470 update_status 1020/60"}
	if got := written(t, ask(t, d, events, "start_time", "1"), replyTime); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestWhatEndsWithTheOfficeHoursEndsThatDay, and not when the office opens again.
func TestWhatEndsWithTheOfficeHoursEndsThatDay(t *testing.T) {
	h, closing := officeHours(), at(8*60).Unix()
	for seconds, want := range map[int64]int64{0: closing, 1: at(24*60).Unix() + 1} {
		if got := h.add(closing, seconds); got != want {
			t.Errorf("%d s after the office closed: got %s, want %s", seconds, unix(got), unix(want))
		}
	}
	if got := h.add(at(7*60).Unix(), 60*60); got != closing {
		t.Errorf("an hour before the office closes: got %s, want %s", unix(got), unix(closing))
	}
}

// TestBreachesAreNotToldBefore they happen, nor of what was deleted.
func TestBreachesAreNotToldBefore(t *testing.T) {
	policy := standard(Target{Metric: "total_resolution_time", Minutes: 60})
	d, c := open(Options{SLA: policy}, ticket(1), ticket(2, happened(50, sourcestest.Delete)))
	c.set(60.9)
	if got := written(t, ask(t, d, events, "start_time", "1"), resolutionTime); len(got) != 4 {
		t.Errorf("before: got %q", got)
	}
	c.set(61)
	want := []string{"1 60 breach", "1 60 update_status 60/60"}
	if got := written(t, ask(t, d, events, "start_time", unixAt(30)), resolutionTime); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestChangesOfTheTargetAreTold: with include_changes a breach that is none any
// more comes again, deleted, and one that was found out late is not missed.
func TestChangesOfTheTargetAreTold(t *testing.T) {
	policy := standard(Target{Metric: "total_resolution_time", Minutes: 30})
	policy.Targets = append(policy.Targets, Target{Priority: "low", Metric: "total_resolution_time", Minutes: 90})
	prioritise := func(minutes float64, to string) sourcestest.Event {
		return sourcestest.Event{At: at(minutes), What: sourcestest.Prioritise, Priority: to}
	}
	spared := ticket(1, prioritise(40, "low"))
	late := ticket(2, prioritise(80, "normal"))
	late.Priority = "low"
	none := ticket(3, prioritise(20, "urgent"))
	d, c := open(Options{SLA: policy}, spared, late, none)
	// breach returns the ids under which the breach of the ticket that is spared is
	// told.
	breach := func() (ids []any) {
		for _, e := range ask(t, d, events, "start_time", unixAt(25), "include_changes", "true").list(t, "ticket_metric_events") {
			if e["type"] == "breach" && e["ticket_id"] == 1.0 {
				ids = append(ids, e["id"])
			}
		}
		return ids
	}
	c.set(35)
	before := breach()
	c.set(70)
	if after := breach(); len(before) != 1 || len(after) != 2 || after[0] != before[0] || after[1] != before[0] {
		t.Errorf("the breach that is deleted: got the ids %v, want that of before, %v, twice", after, before)
	}
	if got := written(t, ask(t, d, events, "start_time", unixAt(25)), resolutionTime); !slices.Equal(got, []string{"1 30 breach deleted", "1 30 update_status 30/30", "1 40 apply_sla 90"}) {
		t.Errorf("by time: got %q, want the deleted breach once, and not the one that is found out later", got)
	}
	a := ask(t, d, events, "start_time", unixAt(35), "include_changes", "true")
	if got, want := written(t, a, resolutionTime), []string{"1 40 apply_sla 90", "1 30 breach deleted"}; !slices.Equal(got, want) {
		t.Errorf("spared: got %q, want %q", got, want)
	}
	c.set(85)
	if got := written(t, ask(t, d, events, "start_time", unixAt(79)), resolutionTime); !slices.Equal(got, []string{"1 80 apply_sla 30", "1 80 update_status 80/80"}) {
		t.Errorf("late, by time: got %q, want no breach", got)
	}
	want := []string{"1 80 apply_sla 30", "1 30 breach", "1 80 update_status 80/80"}
	if got := written(t, ask(t, d, events, "start_time", unixAt(79), "include_changes", "true"), resolutionTime); !slices.Equal(got, want) {
		t.Errorf("late, by change: got %q, want %q", got, want)
	}
	c.set(30)
	if got := written(t, ask(t, d, events, "start_time", unixAt(20)), resolutionTime); !slices.Equal(got, []string{"1 20 apply_sla <nil>"}) {
		t.Errorf("without a target any more: got %q", got)
	}
}

// TestEventsPageByTime: what is of the second in which a page ends comes again
// on the next one, and next_page is never null.
func TestEventsPageByTime(t *testing.T) {
	d, _ := open(Options{PageSize: 8}, ticket(1, happened(10, sourcestest.AgentReply), happened(20, sourcestest.Solve)))
	page := func(start int64) (a answer, ids []int64, end int64) {
		a = ask(t, d, events, "start_time", strconv.FormatInt(start, 10))
		return a, a.ids(t, "ticket_metric_events"), int64(a.object["end_time"].(float64))
	}
	first, ids, end := page(1)
	if len(ids) != 13 || end != at(10).Unix() || first.object["end_of_stream"] != false {
		t.Fatalf("first page: got %d events until %d, want the twelve of the first second and one more", len(ids), end)
	}
	second, again, end := page(end)
	if len(again) != 8 || again[0] != ids[12] || end != at(20).Unix() || second.object["end_of_stream"] != false {
		t.Fatalf("second page: got %d events until %d, want eight and the last one first", len(again), end)
	}
	last, rest, end := page(end)
	if !slices.Equal(rest[:4], again[4:]) || last.object["count"] != 10.0 || last.object["end_of_stream"] != true {
		t.Fatalf("third page: got %v after %v, want the border second again", rest, again)
	}
	if want := Host + "/api/v2/incremental/ticket_metric_events.json?start_time=" + strconv.FormatInt(end, 10); last.object["next_page"] != want {
		t.Errorf("next_page: got %v, want %v", last.object["next_page"], want)
	}
}

func TestEventsMayComeWithoutTheirEnd(t *testing.T) {
	d, _ := open(Options{WithoutEnd: true}, ticket(1))
	if _, there := ask(t, d, events, "start_time", "1").object["end_of_stream"]; there {
		t.Error("there is an end_of_stream")
	}
}

func TestEventsPageByCursors(t *testing.T) {
	d, _ := open(Options{}, ticket(1, happened(10, sourcestest.Delete)))
	a := ask(t, d, events, "start_time", "1", "page[size]", "5")
	next := ask(t, d, events, "start_time", "1", "page[size]", "100", "page[after]", nested(a.object, "meta", "after_cursor").(string))
	if len(a.ids(t, "ticket_metric_events")) != 5 || len(next.ids(t, "ticket_metric_events")) != 7 {
		t.Errorf("got %v and %v", a.object, next.object)
	}
	if got := ask(t, d, events, "start_time", "1", "exclude_deleted", "true").object["count"]; got != 0.0 {
		t.Errorf("with exclude_deleted: got %v events, want none of a deleted ticket", got)
	}
}
