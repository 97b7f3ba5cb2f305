using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

public sealed class LocalClusterTests
{
    private static readonly EntityAddress Here = EntityAddress.Of(ChannelName.Parse("chat:here"));
    private static readonly EntityAddress There = EntityAddress.Of(ChannelName.Parse("chat:there"));

    private readonly LocalCluster _cluster = new(new NodeId("one"), NullLogger<LocalCluster>.Instance);
    private readonly ScriptedKind _kind = new();

    public LocalClusterTests() => _cluster.Register(_kind);

    [Fact]
    public async Task An_entity_is_made_on_its_first_message_and_serves_all_that_follow()
    {
        _cluster.Count.ShouldBe(0);

        var first = await AskAsync(Here, "a");
        var second = await AskAsync(Here, "b");
        var other = await AskAsync(There, "c");

        second.ShouldBe(first);
        other.ShouldNotBe(first);
        _kind.Made.Count.ShouldBe(2);
        _cluster.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_entity_that_stopped_is_forgotten_and_the_next_message_makes_another()
    {
        var first = await AskAsync(Here, "a");
        _kind.On("stop", entity => entity.StopNow());
        Tell(Here, "stop");
        await _kind.Made.First().Gone.Within("the entity to stop");

        var second = await AskAsync(Here, "b");

        second.ShouldNotBe(first);
        _cluster.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_costs_one_message_and_the_next_one_makes_a_new_entity()
    {
        _kind.On("fail", _ => throw new InvalidOperationException("broken"));
        Tell(Here, "fail");

        await AskAsync(Here, "after");

        _kind.Made.Count.ShouldBe(2);
        _kind.Handled.ShouldBe(["1:fail", "2:after"]);
    }

    [Fact]
    public async Task A_successor_gets_what_its_predecessor_did_not_handle_in_order_and_signals_of_the_shell_are_not_passed_on()
    {
        var gate = new TaskCompletionSource();
        _kind.On("stop", entity =>
        {
            gate.Task.Wait(TestContext.Current.CancellationToken);
            entity.HandOverNow("kept back");
            entity.StopNow();
        });
        await AskAsync(Here, "begin");
        Tell(Here, "stop");
        for (var i = 0; i < 5; i++)
        {
            Tell(Here, $"m{i}");
            _kind.Made.First().Tell(new EntityInput(new object()));
        }

        gate.SetResult();

        await AskAsync(Here, "last");
        _kind.Handled.ShouldBe(["1:begin", "1:stop", "2:kept back", "2:m0", "2:m1", "2:m2", "2:m3", "2:m4", "2:last"]);
    }

    [Fact]
    public async Task A_message_sent_while_an_entity_stops_does_not_overtake_those_that_waited_for_it()
    {
        // The entity has closed its mailbox and has not handed over yet; the same sender goes on.
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource();
        _kind.OnStopping = () =>
        {
            stopping.TrySetResult();
            gate.Task.Wait(TestContext.Current.CancellationToken);
        };
        var begin = new TaskCompletionSource();
        _kind.On("stop", entity =>
        {
            begin.Task.Wait(TestContext.Current.CancellationToken);
            entity.StopNow();
        });
        Tell(Here, "stop");
        Tell(Here, "first");
        begin.SetResult();
        await stopping.Task.Within("the mailbox to close");

        Tell(Here, "second");
        _kind.OnStopping = null;
        gate.SetResult();

        await AskAsync(Here, "third");
        _kind.Handled.ShouldBe(["1:stop", "2:first", "2:second", "2:third"]);
    }

    [Fact]
    public async Task Order_holds_for_every_sender_while_entities_stop_all_the_time()
    {
        const int Senders = 4;
        const int Each = 500;
        _kind.OnAny = (entity, text) =>
        {
            if (text.EndsWith('7'))
            {
                entity.StopNow();
            }
        };
        var threads = Enumerable.Range(0, Senders).Select(sender => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                Tell(Here, $"{sender}-{i}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await AskAsync(Here, "end");

        var bySender = _kind.Handled.Select(text => text.Split(':')[1]).Where(text => text != "end").ToLookup(text => text.Split('-')[0]);
        foreach (var sender in Enumerable.Range(0, Senders))
        {
            bySender[$"{sender}"].ShouldBe(Enumerable.Range(0, Each).Select(i => $"{sender}-{i}"));
        }
    }

    [Fact]
    public async Task Leaving_tells_every_entity_waits_until_all_have_stopped_and_refuses_what_comes_after()
    {
        await AskAsync(Here, "a");
        await AskAsync(There, "b");
        var gate = new TaskCompletionSource();
        _kind.OnLeave = entity =>
        {
            gate.Task.Wait(TestContext.Current.CancellationToken);
            entity.StopNow();
        };

        var leaving = _cluster.LeaveAsync(TestContext.Current.CancellationToken);
        leaving.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await leaving.Within("all entities to stop");

        _cluster.Count.ShouldBe(0);
        var receiver = new Replies();
        _cluster.Ask(Here, ScriptedKind.Message("late"), receiver, 7);
        var (tag, reply) = await receiver.Next.Within("the refusal");
        tag.ShouldBe(7);
        reply.ShouldBeOfType<EntityReply.Refused>().Code.ShouldBe(ErrorCode.Unavailable);
        _cluster.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_node_without_entities_leaves_at_once() =>
        await _cluster.LeaveAsync(TestContext.Current.CancellationToken).Within("nothing");

    [Fact]
    public void News_for_this_node_go_to_its_receiver_and_news_for_others_nowhere()
    {
        var inbox = new Inbox();
        _cluster.Register(inbox);
        var news = new ChannelNews.Forgotten(ChannelName.Parse("chat:here"));

        _cluster.TellNode(new NodeId("one"), news);
        _cluster.TellNode(new NodeId("two"), news);

        inbox.Got.ShouldBe([news]);
    }

    private void Tell(EntityAddress to, string text) => _cluster.Tell(to, ScriptedKind.Message(text));

    private async Task<int> AskAsync(EntityAddress to, string text)
    {
        var receiver = new Replies();
        _cluster.Ask(to, ScriptedKind.Message(text), receiver, 1);
        var (_, reply) = await receiver.Next.Within($"the answer to {text}");
        return (int)reply.ShouldBeOfType<ChannelReply.Published>().Position!.Value.Offset;
    }

    private sealed class Inbox : INodeReceiver
    {
        public List<NodeMessage> Got { get; } = [];

        public void OnNodeMessage(NodeMessage message) => Got.Add(message);
    }

    private sealed class Replies : IReplyReceiver
    {
        private readonly TaskCompletionSource<(long, EntityReply)> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<(long Tag, EntityReply Reply)> Next => _next.Task;

        public void OnReply(long tag, EntityReply reply) => _next.SetResult((tag, reply));
    }

    /// <summary>Makes entities that answer with their number and do what a test has said about a text.</summary>
    private sealed class ScriptedKind : IEntityKind
    {
        private readonly ConcurrentDictionary<string, Action<ScriptedEntity>> _actions = [];

        public EntityKind Kind => EntityKind.Channel;

        public ConcurrentQueue<ScriptedEntity> Made { get; } = [];

        public ConcurrentQueue<string> Handled { get; } = [];

        public Action? OnStopping { get; set; }

        public Action<ScriptedEntity>? OnLeave { get; set; }

        public Action<ScriptedEntity, string>? OnAny { get; set; }

        private int _made;

        public static ChannelRequest Message(string text) =>
            new ChannelRequest.Announce(default, new UserId(text), new Payload(default));

        public void On(string text, Action<ScriptedEntity> action) => _actions[text] = action;

        public Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import) => new ScriptedEntity(address, host, this);

        public int Count(ScriptedEntity entity)
        {
            Made.Enqueue(entity);
            return Interlocked.Increment(ref _made);
        }

        public void Run(string text, ScriptedEntity entity)
        {
            OnAny?.Invoke(entity, text);
            if (_actions.TryGetValue(text, out var action))
            {
                action(entity);
            }
        }
    }

    private sealed class ScriptedEntity(EntityAddress address, IEntityHost host, ScriptedKind kind) : Entity(address, host)
    {
        private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _number;

        public Task Gone => _gone.Task;

        public void StopNow() => Stop();

        public void HandOverNow(string text) => HandOver(new EntityInput(ScriptedKind.Message(text)));

        protected override void Receive(EntityInput input)
        {
            if (input.Message is Leave)
            {
                kind.OnLeave?.Invoke(this);
                return;
            }

            // Counted on the first message: of two that are made at once for one address only one is ever told anything.
            if (_number == 0)
            {
                _number = kind.Count(this);
            }

            if (input.Message is ChannelRequest.Announce { User: { } user })
            {
                kind.Handled.Enqueue($"{_number}:{user.Value}");
                kind.Run(user.Value, this);
                input.ReplyTo.Send(new ChannelReply.Published(new StreamPosition(default, _number)));
            }
        }

        protected override void Stopped(Exception? failure)
        {
            kind.OnStopping?.Invoke();
            base.Stopped(failure);
            _gone.TrySetResult();
        }
    }
}
