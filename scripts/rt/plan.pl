#!/usr/bin/perl
# plan.pl EVENTS TRUTH invents the life of a help desk over the last weeks and
# writes two JSON files: the events for play.pl, and what must be true of each
# ticket once they have happened.
#
# The truth of a ticket: `id`, `created`, `opener` (customer or agent), `queue`,
# `status`, `withdrawn` (deleted, merged or empty), and lists with the time (`at`)
# and, where there is one, the length (`seconds`) of what happened: `answered`
# (the first answer), `replies` (the first answer to each run of customer
# messages), `solves` (with the status they ended in) and `reopens`.
use strict;
use warnings;
use JSON::PP;

my $hour = 3600;
my $day  = 24 * $hour;
my $end  = time - 15 * 60;
srand 5;

# Windows end at a moment that nobody knows beforehand, and may be a little
# short: nothing happens where one of them may begin.
sub clear_of_edges {
    my ($at) = @_;
    for my $window (1, 7, 28) {
        my $edge = $end - $window * $day;
        $at += 5 * $hour if $at > $edge - $hour && $at < $edge + 4 * $hour;
    }
    return $at;
}

my (@tickets, @events);

sub happens {
    my ($t, $do, $by, %more) = @_;
    die "ticket $t->{n} has a future\n" if $t->{now} > $end;
    leaves($t);
    push @events, $t->{last} = { at => $t->{now}, do => $do, ticket => $t, by => $by, %more };
}

# leaves notes the status that RT must give the ticket after its last event.
sub leaves {
    my ($t) = @_;
    $t->{last}{leaves} = $t->{truth}{status} if $t->{last} && !$t->{truth}{withdrawn};
}

sub since { my ($t, $from) = @_; return { at => $t->{now}, seconds => $t->{now} - $from } }

# passes lets some minutes pass for a ticket.
sub passes {
    my ($t, $minutes) = @_;
    $t->{now} = clear_of_edges($t->{now} + int($minutes * 60) + @tickets % 50);
}

# opens returns a new ticket by a customer's mail or, with by, by that agent.
sub opens {
    my ($age, $queue, %how) = @_;
    my $t = { n => scalar @tickets, now => $end - int($age * $day), truth => {} };
    push @tickets, $t;
    passes($t, 0);
    my $customer = 'customer' . (1 + @tickets % 9) . '@customers.example';
    @$t{qw(customer agent)} = ($customer, (qw(anna boris chloe))[ @tickets % 3 ]);
    $t->{truth} = {
        created => $t->{now}, opener => 'customer', queue => $queue, status => 'new', withdrawn => '',
        answered => [], replies => [], solves => [], reopens => [],
    };
    if ($how{by}) {
        $t->{truth}{opener} = 'agent';
        happens($t, 'take', $how{by}, queue => $queue, customer => $customer);
    } else {
        @$t{qw(asked waiting)} = ($t->{now}) x 2;
        happens($t, 'mail', $customer, queue => $queue, new => 1);
    }
    return $t;
}

# Correspondence opens a ticket that is not active.
sub wakes {
    my ($t) = @_;
    my $truth = $t->{truth};
    push @{ $truth->{reopens} }, { at => $t->{now} } if $truth->{status} =~ /^(resolved|rejected)$/;
    $truth->{status} = 'open' unless $truth->{status} =~ /^(open|stalled)$/;
}

sub writes {
    my ($t, $minutes) = @_;
    passes($t, $minutes);
    happens($t, 'mail', $t->{customer});
    $t->{asked}   //= $t->{now};
    $t->{waiting} //= $t->{now};
    wakes($t);
}

sub answers {
    my ($t, $minutes) = @_;
    passes($t, $minutes);
    happens($t, 'reply', $t->{agent}, minutes => 1 + $t->{n} % 7);
    my $truth = $t->{truth};
    push @{ $truth->{answered} }, since($t, $t->{asked}) if defined $t->{asked} && !@{ $truth->{answered} };
    push @{ $truth->{replies} }, since($t, delete $t->{waiting}) if defined $t->{waiting};
    wakes($t);
}

sub notes {
    my ($t, $minutes) = @_;
    passes($t, $minutes);
    happens($t, 'note', $t->{agent}, minutes => 2);
}

sub turns {
    my ($t, $minutes, $status) = @_;
    passes($t, $minutes);
    happens($t, 'status', $t->{agent}, status => $status);
    my $truth = $t->{truth};
    my ($was, $is) = map { /^(resolved|rejected)$/ ? 1 : 0 } $truth->{status}, $status;
    push @{ $truth->{solves} }, { %{ since($t, $truth->{created}) }, status => $status } if $is && !$was;
    push @{ $truth->{reopens} }, { at => $t->{now} } if $was && !$is && $status ne 'deleted';
    $truth->{status}    = $status;
    $truth->{withdrawn} = 'deleted' if $status eq 'deleted';
}

sub solves { turns(@_, 'resolved') }

sub changes {
    my ($t, $minutes, $what, $value) = @_;
    passes($t, $minutes);
    happens($t, $what, $t->{agent}, $what => $value);
    $t->{truth}{queue} = $value if $what eq 'queue';
}

# Each of these says one thing that a reader of RT may get wrong.
my $t = opens(60, 'Support');    # older than any window, and never finished
answers($t, 90); writes($t, 300);
$t = opens(50, 'Sales');         # older than any window, and nobody ever touched it
$t = opens(45, 'Billing');       # solved long ago, back within the windows
answers($t, 30); solves($t, 60); $t->{now} = $end - 5 * $day; writes($t, 0); answers($t, 45);
$t = opens(40, 'Support');       # begun and ended before the windows
answers($t, 20); solves($t, 400);
$t = opens(33, 'Support');       # asked before the longest window, answered in it
$t->{now} = $end - 20 * $day; answers($t, 0); solves($t, 10);
$t = opens(12, 'Billing');       # solved three times
answers($t, 15); solves($t, 5); writes($t, 200); answers($t, 70); solves($t, 8); writes($t, 900); answers($t, 11); solves($t, 4);
$t = opens(11, 'Sales');         # reopened by an agent, without a word
answers($t, 25); solves($t, 5); turns($t, 600, 'open');
$t = opens(10, 'Support');       # moved, owned by two, then put off
changes($t, 3, owner => 'anna'); changes($t, 9, queue => 'Billing'); answers($t, 33); changes($t, 4, owner => 'boris'); turns($t, 50, 'stalled');
$t = opens(9, 'Support');        # moved when it was solved
answers($t, 61); solves($t, 2); changes($t, 10, queue => 'Sales');
$t = opens(8, 'Sales', by => 'chloe');    # a call that was noted and solved: nobody asked in writing
notes($t, 5); solves($t, 7);
$t = opens(6, 'Support', by => 'anna');   # the agent wrote first, the customer asked later
answers($t, 12); writes($t, 100); answers($t, 35); solves($t, 3);
$t = opens(5.5, 'Support');      # solved with no answer at all
solves($t, 95);
$t = opens(4, 'Support');        # rejected
notes($t, 14); turns($t, 2, 'rejected');
$t = opens(3.5, 'Billing');      # deleted
turns($t, 22, 'deleted');
$t = opens(3, 'Support');        # asked twice: the second mail is merged into the first
my $again = opens(3 - 0.01, 'Support');
$again->{agent} = $t->{agent};
passes($again, 20);
happens($again, 'merge', $again->{agent}, into => $t);
@{ $again->{truth} }{qw(status withdrawn)} = ('merged', 'merged');
answers($t, 55); solves($t, 20);
$t = opens(2.5, 'Billing');      # the customer wrote three times before an answer, and two agents answered
writes($t, 10); writes($t, 10); answers($t, 30); $t->{agent} = 'boris'; answers($t, 3); notes($t, 4);
changes($t, 1, priority => 100);
$t = opens(0.7, 'Sales');        # put off, and the customer wrote: that does not open it
answers($t, 40); turns($t, 4, 'stalled'); writes($t, 100);
$t = opens(0.3, 'Support');      # a customer's second mail opens a new ticket, and answers nothing
writes($t, 30);

# And ordinary ones. None gets far in its last hours.
while (@tickets < 60) {
    $t = opens(0.2 + rand 26, (qw(Support Support Billing Sales))[ rand 4 ], rand() < 0.15 ? (by => 'boris') : ());
    my $busy = sub { $t->{now} < $end - 6 * $hour };
    next if rand() < 0.1;
    for (0 .. rand 3) {
        answers($t, 5 + rand 240) if $busy->();
        last if rand() < 0.4;
        writes($t, 5 + rand 120) if $busy->();
    }
    solves($t, 1 + rand 60) if $busy->() && rand() < 0.7;
}

leaves($_) for @tickets;

# RT numbers tickets as they come.
my $id = 0;
$_->{truth}{id} = ++$id for sort { $a->{truth}{created} <=> $b->{truth}{created} || $a->{n} <=> $b->{n} } @tickets;
@events = sort { $a->{at} <=> $b->{at} || $a->{ticket}{truth}{id} <=> $b->{ticket}{truth}{id} } @events;
for my $e (@events) {
    $e->{$_} = $e->{$_}{truth}{id} for grep { $e->{$_} } qw(ticket into);
}

my ($events_file, $truth_file) = @ARGV;
for ([ $events_file, \@events ], [ $truth_file, [ map { $_->{truth} } sort { $a->{truth}{id} <=> $b->{truth}{id} } @tickets ] ]) {
    my ($file, $content) = @$_;
    open my $out, '>', $file or die "$file: $!\n";
    print $out JSON::PP->new->canonical->pretty->encode($content);
    close $out or die "$file: $!\n";
}
