using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>The connections of a node that owns a part of the shards.</summary>
public sealed class RegistryInClusterTests : IDisposable
{
    private const int Shards = 16;

    private readonly ManualClock _clock = new();
    private readonly AskedCluster _cluster = new(Shards, 5);
    private readonly TimerQueue _timers;
    private readonly ConnectionRegistry _registry;

    public RegistryInClusterTests()
    {
        _timers = new TimerQueue(_clock);
        _registry = NewRegistry();
    }

    public void Dispose()
    {
        _registry.Dispose();
        _timers.Dispose();
    }

    [Fact]
    public async Task New_sessions_get_ids_in_shards_of_this_node()
    {
        for (var i = 0; i < 10; i++)
        {
            Hello();
            ShardOf((await _cluster.NextAsync("the attach")).To).ShouldBe(5);
        }
    }

    [Fact]
    public async Task A_node_that_is_not_sure_what_it_owns_takes_any_shard()
    {
        _cluster.Standing = Standing.Unsure;
        var shards = new HashSet<int>();
        for (var i = 0; i < 50; i++)
        {
            Hello();
            shards.Add(ShardOf((await _cluster.NextAsync("the attach")).To));
        }

        shards.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Two_lives_of_a_node_count_their_connections_from_different_numbers()
    {
        using var next = NewRegistry();

        var first = _registry.Open(new FakeLink()).Id.Value;
        var second = next.Open(new FakeLink()).Id.Value;

        (first > 0 && second > 0).ShouldBeTrue();
        Math.Abs(first - second).ShouldBeGreaterThan(1_000_000);
        _registry.Open(new FakeLink()).Id.Value.ShouldBe(first + 1);
    }

    [Fact]
    public async Task Only_connections_whose_session_is_concerned_hold_it_and_they_do_so_a_few_at_a_time()
    {
        for (var i = 0; i < 300; i++)
        {
            Hello();
            (await _cluster.NextAsync("the attach")).Answer(new SessionReply.Attached(new AttachNumber(1), null, null));
        }

        _cluster.Move(4);
        _clock.Advance(TimeSpan.FromSeconds(3));
        _cluster.TryNext(out _).ShouldBeFalse("no session lives there");

        _cluster.Move(5);
        _clock.Advance(TimeSpan.Zero);
        var first = 0;
        for (; first < 64; first++)
        {
            (await _cluster.NextAsync("the first to hold")).Message.ShouldBeOfType<SessionRequest.Hold>();
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        for (; first < 300; first++)
        {
            (await _cluster.NextAsync("the others to hold")).Message.ShouldBeOfType<SessionRequest.Hold>();
        }

        _cluster.TryNext(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_goes_is_announced_until_its_session_has_heard_it()
    {
        var connection = Hello();
        (await _cluster.NextAsync("the attach")).Answer(new SessionReply.Attached(new AttachNumber(1), null, null));
        await Deadline.Until(() => connection.MessageLimit != ConnectionRigPolicy.HelloBytes, "the welcome");
        connection.LinkLost();
        var lost = await _cluster.NextAsync("the detach");
        lost.Message.ShouldBe(new SessionRequest.Detach(new AttachNumber(1)));

        lost.Answer(new EntityReply.Refused(ErrorCode.Unavailable, "it moves"));
        _clock.Advance(TimeSpan.FromMilliseconds(Departures.AnswerTimeout + 1000));
        var again = await _cluster.NextAsync("the second detach");
        (again.To, again.Message).ShouldBe((lost.To, lost.Message));
        again.Answer(new SessionReply.Stale());
        _clock.Advance(TimeSpan.FromMilliseconds(Departures.AnswerTimeout * 3));

        _cluster.TryNext(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task An_attachment_or_a_hold_that_is_answered_when_the_connection_is_gone_is_let_go_of()
    {
        var connection = Hello();
        var attach = await _cluster.NextAsync("the attach");
        connection.LinkLost();
        await Deadline.Until(() => connection.IsStopped, "the end of the connection");

        attach.Answer(new SessionReply.Attached(new AttachNumber(7), null, null));
        (await _cluster.NextAsync("the detach")).Message.ShouldBe(new SessionRequest.Detach(new AttachNumber(7)));

        var held = Hello();
        (await _cluster.NextAsync("the attach")).Answer(new SessionReply.Attached(new AttachNumber(8), null, null));
        _cluster.Move(5);
        _clock.Advance(TimeSpan.Zero);
        var hold = await _cluster.NextAsync("the hold");
        held.LinkLost();
        (await _cluster.NextAsync("the detach")).Answer(new SessionReply.Stale());
        await Deadline.Until(() => held.IsStopped, "the end of the connection");

        hold.Answer(new SessionReply.Done());
        (await _cluster.NextAsync("the second detach")).Message.ShouldBe(new SessionRequest.Detach(new AttachNumber(8)));
    }

    [Fact]
    public async Task A_connection_that_its_session_has_forgotten_says_again_that_it_stands_for_it()
    {
        var connection = Hello();
        (await _cluster.NextAsync("the attach")).Answer(new SessionReply.Attached(new AttachNumber(9), null, null) { IsUnwritten = true });

        _registry.OnNodeMessage(new SessionNews.Forgotten(connection.Id));

        var hold = (await _cluster.NextAsync("the hold")).Message.ShouldBeOfType<SessionRequest.Hold>();
        (hold.Connection, hold.Attachment, hold.IsUnwritten).ShouldBe((connection.Id, new AttachNumber(9), true));
    }

    private static ConnectionPolicy ConnectionRigPolicy => new();

    private int ShardOf(EntityAddress address) => _cluster.View.ShardOf(address).Value;

    private Connection Hello()
    {
        var connection = _registry.Open(new FakeLink());
        connection.Tell(new ConnectionInput.Came(new ClientFrame.Hello(1)));
        return connection;
    }

    private ConnectionRegistry NewRegistry()
    {
        var log = new ConnectionLogging(NullLogger<ConnectionLogging>.Instance);
        var setup = new ConnectionRig().Setup;
        return new ConnectionRegistry(setup, _cluster, new Relay(_cluster, setup.Namespaces, new Nobody(), _timers, _clock, log), _clock, log);
    }

    private sealed class Nobody : INodeReceiver
    {
        public void OnNodeMessage(NodeMessage message) => throw new NotSupportedException("no channel has anything to say here");
    }
}
