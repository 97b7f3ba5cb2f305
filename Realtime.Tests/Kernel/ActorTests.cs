using Realtime.Cluster.Kernel;
using Realtime.Tests.Support;

namespace Realtime.Tests.Kernel;

public sealed class ActorTests
{
    [Fact]
    public async Task Messages_of_each_sender_are_handled_in_order_and_one_at_a_time_whatever_the_number_of_threads()
    {
        const int Senders = 8;
        const int Each = 4000;
        var actor = new Recorder();
        var last = new int[Senders];
        var handled = 0;
        var disordered = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Handle(int sender, int number)
        {
            disordered += last[sender] == number - 1 ? 0 : 1;
            last[sender] = number;
            if (++handled == Senders * Each)
            {
                done.SetResult();
            }
        }

        var threads = Enumerable.Range(0, Senders).Select(sender => new Thread(() =>
        {
            for (var number = 1; number <= Each; number++)
            {
                var n = number;
                actor.Tell(_ => Handle(sender, n));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        await done.Task.Within("all messages of all senders");
        disordered.ShouldBe(0);
        actor.Overlapped.ShouldBeFalse();
    }

    [Fact]
    public void A_message_that_comes_while_the_actor_goes_idle_is_never_stranded()
    {
        // The next message is sent the moment the one before it is handled, which is when the actor goes idle: the race is run as often as
        // there are rounds. It is waited for by spinning, because anything slower comes too late for it.
        var actor = new Recorder();
        var handled = 0;
        for (var round = 1; round <= 50_000; round++)
        {
            var number = round;
            actor.Tell(_ => Volatile.Write(ref handled, number)).ShouldBeTrue();
            if (!SpinWait.SpinUntil(() => Volatile.Read(ref handled) == number, TimeSpan.FromSeconds(20)))
            {
                Assert.Fail($"message {round} was never handled");
            }
        }
    }

    [Fact]
    public async Task A_turn_handles_no_more_than_its_length_and_the_rest_comes_in_later_turns()
    {
        var actor = new Recorder();
        var gate = new TaskCompletionSource();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        actor.Tell(_ =>
        {
            entered.SetResult();
            gate.Task.Wait(TestContext.Current.CancellationToken);
        });
        await entered.Task.Within("the first message");
        for (var i = 0; i < Actor<int>.TurnLength * 3; i++)
        {
            actor.Tell(_ => { });
        }

        var last = actor.Do(() => { });
        gate.SetResult();

        await last.Within("the last message");
        actor.LongestTurn.ShouldBe(Actor<int>.TurnLength);
        actor.TurnsEnded.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task The_end_of_a_turn_is_told_after_its_messages()
    {
        var actor = new Recorder();
        var turns = -1;
        await actor.Do(() => turns = actor.TurnsEnded).Within("the first turn");
        turns.ShouldBe(0);

        // The next message is handled in a later turn or in the same one; in no case before the turn before it has ended.
        var inTurn = 0;
        await actor.Do(() => (turns, inTurn) = (actor.TurnsEnded, actor.HandledThisTurn)).Within("the second message");
        (turns + inTurn).ShouldBe(2);
    }

    [Fact]
    public async Task An_actor_that_stops_hands_over_what_waited_in_order_and_takes_nothing_more()
    {
        var actor = new Recorder();
        var gate = new TaskCompletionSource();
        actor.Tell(self =>
        {
            gate.Task.Wait(TestContext.Current.CancellationToken);
            self.StopNow();
        });
        Action<Recorder>[] waiting = [_ => Assert.Fail("handled after stop"), _ => Assert.Fail("handled"), _ => Assert.Fail("too")];
        foreach (var message in waiting)
        {
            actor.Tell(message).ShouldBeTrue();
        }

        gate.SetResult();

        (await actor.Ended.Within("the actor to stop")).ShouldBeNull();
        actor.Handed.ShouldBe(waiting);
        actor.IsStopped.ShouldBeTrue();
        actor.Tell(_ => { }).ShouldBeFalse();
        actor.TurnsEnded.ShouldBe(0);
    }

    [Fact]
    public async Task A_failure_stops_an_actor_and_says_why()
    {
        var actor = new Recorder();
        var failure = new InvalidOperationException("broken");

        actor.Tell(_ => throw failure);

        (await actor.Ended.Within("the actor to stop")).ShouldBeSameAs(failure);
        actor.Restarts.ShouldBe(0);
        actor.Tell(_ => { }).ShouldBeFalse();
    }

    [Fact]
    public async Task An_actor_that_restarts_goes_on_with_the_messages_that_wait()
    {
        var actor = new Recorder { Verdict = Supervision.Restart };
        actor.Tell(_ => throw new InvalidOperationException("broken"));

        await actor.Do(() => { }).Within("the message after the failure");

        actor.Restarts.ShouldBe(1);
        actor.Handed.ShouldBeEmpty();
        actor.IsStopped.ShouldBeFalse();
    }

    [Fact]
    public async Task What_nobody_took_is_counted_as_a_dead_letter()
    {
        var actor = new Recorder { CountsDeadLetters = true };
        var before = DeadLetters.Total;
        var gate = new TaskCompletionSource();
        actor.Tell(self =>
        {
            gate.Task.Wait(TestContext.Current.CancellationToken);
            self.StopNow();
        });
        actor.Tell(_ => { });
        actor.Tell(_ => { });
        gate.SetResult();

        await actor.Ended.Within("the actor to stop");

        // Other tests count there too, so not more than a lower bound can be told.
        (DeadLetters.Total - before).ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Every_message_is_handled_or_handed_over_when_senders_race_with_the_stop()
    {
        const int Senders = 4;
        const int Each = 2000;
        var actor = new Recorder();
        var handled = 0;
        var refused = 0;
        var threads = Enumerable.Range(0, Senders).Select(_ => new Thread(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                if (!actor.Tell(self =>
                {
                    if (++handled == Each)
                    {
                        self.StopNow();
                    }
                }))
                {
                    Interlocked.Increment(ref refused);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await actor.Ended.Within("the actor to stop");

        handled.ShouldBe(Each);
        (handled + refused + actor.Handed.Count).ShouldBe(Senders * Each);
    }
}
