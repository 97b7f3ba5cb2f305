using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Kernel;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>A roster that is larger than one frame, for a reader that takes its time.</summary>
public sealed class FeedRosterTests : IOutboundOwner, ISubscriptionOwner, IDisposable
{
    private const int Budget = 2000;
    private static readonly ChannelName Room = ChannelName.Parse("chat:room");

    private readonly FakeLink _link = new();
    private readonly Outbound _outbound;
    private readonly Subscriber _subscriber;
    private readonly FeedRoster _roster;
    private readonly TimerQueue _timers;
    private readonly Dictionary<string, string> _client = [];
    private readonly List<JsonObject> _frames = [];
    private volatile bool _room;
    private (bool More, long Revision) _last;

    public FeedRosterTests()
    {
        _timers = new TimerQueue(new ManualClock());
        _outbound = new Outbound(_link, Budget, this);
        _subscriber = new Subscriber(Room, new SessionId(1), keepsLog: false, _outbound, _link.Codec, this);
        _subscriber.Cursor.Begin(default);
        _roster = new FeedRoster(Room, 1000, [_subscriber], new RelayServices(
            new AskedCluster(1), _timers, new ManualClock(), new ConnectionLogging(NullLogger<ConnectionLogging>.Instance),
            () => 1, _ => { }, (_, _) => { }));
        _link.Received = Read;
    }

    [Fact]
    public void Parts_bear_one_revision_and_say_that_more_follow_until_the_last()
    {
        _roster.Reset(Snapshot(30, 5));

        _frames.Count.ShouldBeGreaterThan(3);
        _frames.ShouldAllBe(frame => (long)frame["rev"]! == 5 && (int)frame["count"]! == 30);
        _frames.Select(frame => frame.ContainsKey("more")).ShouldBe([.. Enumerable.Repeat(true, _frames.Count - 1), false]);
        _frames.ShouldAllBe(frame => frame.ToJsonString().Length <= _outbound.AnswerBytes + 200);
        _client.Count.ShouldBe(30);
        _subscriber.PresenceRevision.ShouldBe(5);
    }

    [Fact]
    public async Task A_reader_that_takes_its_time_has_the_roster_as_it_is_in_the_end_whatever_changed_meanwhile()
    {
        _link.Hold();
        _roster.Reset(Snapshot(60, 5));
        _outbound.QueuedBytes.ShouldBeLessThanOrEqualTo(Budget);

        var revision = 5L;
        var random = new Random(3);
        var here = Enumerable.Range(1, 60).ToDictionary(i => i, _ => "a");
        while (_subscriber.PresenceRevision != revision || _outbound.IsSending)
        {
            if (revision < 40)
            {
                Change(random, here, ++revision);
                _outbound.QueuedBytes.ShouldBeLessThanOrEqualTo(Budget);
            }

            await ReadOneAsync();
        }

        _last.ShouldBe((false, revision));
        _client.OrderBy(entry => entry.Key).ShouldBe(
            here.Select(entry => KeyValuePair.Create(new SessionId((UInt128)entry.Key).ToString(), entry.Value)).OrderBy(entry => entry.Key));
    }

    void IOutboundOwner.OnRoom() => _room = true;

    void IOutboundOwner.OnFlushed(CloseCode code, string reason) => throw new NotSupportedException();

    void IOutboundOwner.OnSendFailed(Exception failure) => throw new InvalidOperationException("a send failed", failure);

    void ISubscriptionOwner.OnJoined(Subscriber subscriber, SubscriptionInfo info) => throw new NotSupportedException();

    void ISubscriptionOwner.OnJoinRefused(Subscriber subscriber, EntityReply.Refused refusal) => throw new NotSupportedException();

    void ISubscriptionOwner.OnLeft(Subscriber subscriber) => throw new NotSupportedException();

    void ISubscriptionOwner.OnDescribed(Subscriber subscriber, SubscriptionInfo info, long tag) => throw new NotSupportedException();

    void ISubscriptionOwner.OnTooSlow() => throw new InvalidOperationException("the roster is no reason to give up a reader");

    public void Dispose() => _timers.Dispose();

    private static Member Member(int session, string data) => new(new SessionId((UInt128)session), null, ConnectionRig.Text(data));

    private static PresenceSnapshot Snapshot(int members, long revision) =>
        new([.. Enumerable.Range(1, members).Select(i => Member(i, "a"))], members, revision);

    private void Change(Random random, Dictionary<int, string> here, long revision)
    {
        var session = random.Next(1, 80);
        var change = PresenceChange.Left;
        if (!here.Remove(session))
        {
            (change, here[session]) = (PresenceChange.Joined, $"r{revision}");
        }

        _roster.TryHear(new ChannelNews.Presence(Room, change, [Member(session, $"r{revision}")], here.Count, revision)).ShouldBeTrue();
    }

    private async Task ReadOneAsync()
    {
        var before = _outbound.SentBytes;
        _link.ReadOne();
        await Deadline.Until(() => !_outbound.IsSending || _outbound.SentBytes > before, "the reader to read on");
        if (_room || !_outbound.IsSending)
        {
            _room = false;
            _roster.Refill(_subscriber);
        }
    }

    /// <summary>As the protocol says it: parts of one revision add up, a whole replaces what was known.</summary>
    private void Read(string message)
    {
        var json = JsonNode.Parse(message)!;
        foreach (var frame in json is JsonArray array ? array.Select(item => item!.AsObject()) : [json.AsObject()])
        {
            _frames.Add(frame);
            var revision = (long)frame["rev"]!;
            var type = (string)frame["type"]!;
            if (type == "roster" && _last != (true, revision))
            {
                _client.Clear();
            }
            else if (type != "roster")
            {
                revision.ShouldBe(_last.Revision + 1);
                _last.More.ShouldBeFalse("changes do not come between parts");
            }

            foreach (var member in frame["members"]!.AsArray())
            {
                if (type == "left")
                {
                    _client.Remove((string)member!["session"]!);
                }
                else
                {
                    _client[(string)member!["session"]!] = (string)member["data"]!;
                }
            }

            _last = (frame.ContainsKey("more"), revision);
        }
    }
}
