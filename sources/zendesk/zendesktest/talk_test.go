package zendesktest

import (
	"slices"
	"testing"
	"time"
)

const calls = "channels/voice/stats/incremental/calls"

func twoCalls() []Call {
	return []Call{
		{
			ID: 1, At: at(0), Group: 31, Agent: 501, Ticket: 9, Status: "completed",
			IVR: 13 * time.Second, Wait: 22 * time.Second, Talk: 7 * time.Minute, Hold: 30 * time.Second, WrapUp: time.Minute,
		},
		{ID: 2, At: at(5), Group: 31, Status: "abandoned_in_queue", IVR: 13 * time.Second, Wait: 82 * time.Second},
	}
}

// TestCallsAreExportedAgainWhenTheyChange: while they go on nothing of them is
// known, and the wrap-up comes last.
func TestCallsAreExportedAgainWhenTheyChange(t *testing.T) {
	d, c := open(Options{Calls: twoCalls()})
	for _, row := range []struct {
		minutes              float64
		status, talk, wrapUp any
		updated              string
	}{
		{1, nil, nil, nil, "2026-03-02T09:00:00Z"},
		{8.2, "completed", 420.0, nil, "2026-03-02T09:08:05Z"},
		{10, "completed", 420.0, 60.0, "2026-03-02T09:09:05Z"},
	} {
		c.set(row.minutes)
		o := ask(t, d, calls, "start_time", unixAt(0)).list(t, "calls")
		i := slices.IndexFunc(o, func(o object) bool { return o["id"] == 1.0 })
		got := o[i]
		if got["completion_status"] != row.status || got["talk_time"] != row.talk || got["wrap_up_time"] != row.wrapUp || got["updated_at"] != row.updated {
			t.Errorf("at minute %v: got %v", row.minutes, got)
		}
	}
	last := ask(t, d, calls, "start_time", unixAt(9)).list(t, "calls")
	if len(last) != 1 || last[0]["time_to_answer"] != 35.0 || last[0]["duration"] != 485.0 {
		t.Errorf("since minute 9: got %v", last)
	}
}

// TestNextPageOfCallsIsNeverNull: the last call comes for ever.
func TestNextPageOfCallsIsNeverNull(t *testing.T) {
	d, _ := open(Options{Calls: twoCalls()})
	a := ask(t, d, calls, "start_time", unixAt(0))
	if got := a.ids(t, "calls"); !slices.Equal(got, []int64{2, 1}) || a.object["count"] != 2.0 {
		t.Fatalf("got %v, want both in the order of their changes", got)
	}
	want := Host + "/api/v2/" + calls + ".json?start_time=" + unixAt(9+5.0/60)
	for range 2 {
		if a.object["next_page"] != want {
			t.Errorf("next_page: got %v, want %v", a.object["next_page"], want)
		}
		a = ask(t, d, calls, "start_time", unixAt(9+5.0/60))
		if got := a.ids(t, "calls"); !slices.Equal(got, []int64{1}) {
			t.Errorf("got %v, want the last call again", got)
		}
	}
	if _, there := a.object["end_of_stream"]; there {
		t.Error("there is an end of the stream")
	}
}

func TestLegsTellWhoSpoke(t *testing.T) {
	d, _ := open(Options{Calls: twoCalls()})
	all := ask(t, d, "channels/voice/stats/incremental/legs", "start_time", unixAt(0)).list(t, "legs")
	var got []string
	for _, l := range all {
		got = append(got, l["type"].(string))
		if l["type"] == "agent" && (l["agent_id"] != 501.0 || l["call_id"] != 1.0 || l["created_at"] != "2026-03-02T09:00:35Z") {
			t.Errorf("got %v", l)
		}
	}
	if want := []string{"customer", "customer", "agent"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTheQueueTellsWhoWaits(t *testing.T) {
	d, c := open(Options{Calls: twoCalls()})
	for minutes, want := range map[float64][2]float64{0.1: {0, 0}, 0.5: {1, 17}, 6: {1, 47}, 30: {0, 0}} {
		c.set(minutes)
		a := ask(t, d, "channels/voice/stats/current_queue_activity").object["current_queue_activity"].(object)
		if got := [2]float64{a["calls_waiting"].(float64), a["longest_wait_time"].(float64)}; got != want || a["agents_online"] != 1.0 {
			t.Errorf("at minute %v: got %v, want %v", minutes, a, want)
		}
	}
}
