using Akka.Actor;
using Akka.Configuration;
using Realtime.Node.Cluster;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster;

/// <summary>No message is lost, repeated or overtaken by a later one of its sender, however many send.</summary>
[Collection(ActorSystems.Name)]
public sealed class LinkedMailboxTests
{
    private const int Senders = 8;
    private const int Each = 50_000;

    [Fact]
    public void Messages_of_one_producer_come_in_its_order_and_all_of_them()
    {
        var queue = new LinkedMessageQueue();
        var producers = Enumerable.Range(0, Senders).Select(sender => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                queue.Enqueue(ActorRefs.Nobody, new Envelope((sender, i), ActorRefs.Nobody));
            }
        })).ToList();
        producers.ForEach(producer => producer.Start());

        var next = new int[Senders];
        var spin = new SpinWait();
        for (var taken = 0; taken < Senders * Each;)
        {
            if (queue.TryDequeue(out var envelope))
            {
                var (sender, number) = ((int, int))envelope.Message;
                number.ShouldBe(next[sender]++);
                taken++;
            }
            else
            {
                spin.SpinOnce();
            }
        }

        producers.ForEach(producer => producer.Join());
        queue.HasMessages.ShouldBeFalse();
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public async Task An_actor_with_it_goes_idle_and_wakes_up_for_every_message()
    {
        using var system = ActorSystem.Create("mailbox", ConfigurationFactory.ParseString(
            TestHocon.Quiet + $"akka.actor.default-mailbox.mailbox-type = \"{typeof(LinkedMailbox).FullName}, Realtime.Node\""));
        var done = new TaskCompletionSource<int>();
        var adder = system.ActorOf(Props.Create(() => new Adder(Senders * Each, done)));

        Parallel.For(0, Senders, _ =>
        {
            for (var i = 0; i < Each; i++)
            {
                adder.Tell(1);
                if (i % 97 == 0)
                {
                    // Lets the actor run out of messages now and then.
                    Thread.Yield();
                }
            }
        });

        (await done.Task.Within("every message to be counted")).ShouldBe(Senders * Each);
        for (var i = 0; i < 1000; i++)
        {
            (await adder.Ask<string>("hello", TimeSpan.FromSeconds(30))).ShouldBe("hello");
        }
    }

    [Fact]
    public void What_is_left_goes_to_the_dead_letters_when_the_actor_is_gone()
    {
        var queue = new LinkedMessageQueue();
        queue.Enqueue(ActorRefs.Nobody, new Envelope("a", ActorRefs.Nobody));
        queue.Enqueue(ActorRefs.Nobody, new Envelope("b", ActorRefs.Nobody));
        queue.Count.ShouldBe(2);

        var deadLetters = new LinkedMessageQueue();
        queue.CleanUp(ActorRefs.Nobody, deadLetters);

        queue.HasMessages.ShouldBeFalse();
        deadLetters.TryDequeue(out var first).ShouldBeTrue();
        first.Message.ShouldBe("a");
        deadLetters.Count.ShouldBe(1);
    }

    private sealed class Adder(int wanted, TaskCompletionSource<int> done) : UntypedActor
    {
        private int _sum;

        protected override void OnReceive(object message)
        {
            if (message is int number)
            {
                _sum += number;
                if (_sum == wanted)
                {
                    done.TrySetResult(_sum);
                }
            }
            else
            {
                Sender.Tell(message);
            }
        }
    }
}
