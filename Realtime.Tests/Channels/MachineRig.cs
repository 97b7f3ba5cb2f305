using System.Text;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Tests.Channels;

/// <summary>A channel's machine with a model of its log, a clock by hand, and everything it ever sent.</summary>
internal sealed class MachineRig
{
    public static readonly ChannelName Name = ChannelName.Parse("chat:general");
    public static readonly SessionId Ann = new(1);
    public static readonly SessionId Ben = new(2);
    public static readonly IActorRef Client = new SilentRef("client");

    private readonly WantedReports _reports;
    private long _tag;

    /// <summary>The tag of the next request.</summary>
    public long NextTag => _tag + 1;

    public MachineRig(NamespacePolicy? space = null, ChannelPolicy? policy = null, bool recovers = true, RememberedRoster? remembered = null, bool awaitsLog = false, WantedReports reports = default)
    {
        _reports = reports;
        Space = space ?? new NamespacePolicy("chat") { Presence = true };
        Policy = policy ?? new ChannelPolicy();
        Machine = new ChannelMachine(Name, Space, Policy, new Epoch(awaitsLog ? 6UL : 5UL), Now, remembered, awaitsLog, reports);
        if (recovers && Space.Durability is Durability.Journal)
        {
            Recover();
        }
    }

    public NamespacePolicy Space { get; }

    public ChannelPolicy Policy { get; }

    public LogModel Log { get; } = new();

    public ChannelMachine Machine { get; private set; }

    public long Now { get; set; } = 1_000_000;

    /// <summary>Of the node of all feeds that are not local.</summary>
    public PeerWindow Window { get; } = new();

    /// <summary>Answers reads and searches as they come; else they wait in <see cref="Reads"/>.</summary>
    public bool ServesReads { get; set; } = true;

    public List<ChannelEffect> Reads { get; } = [];

    public List<ChannelReply> Replies { get; } = [];

    public List<(IActorRef To, ChannelNews News)> News { get; } = [];

    public List<ChannelEffect> Others { get; } = [];

    /// <summary>Nodes whose feeds have listened since the channel started.</summary>
    public HashSet<string> Listening { get; } = [];

    /// <summary>Sees every message in the order in which it is sent.</summary>
    public Action<IActorRef, object>? Sent { get; set; }

    public static FeedId Feed(string node = "a", long incarnation = 1) => new(new NodeId(node), new Incarnation(incarnation));

    public static Payload Text(string text) => new(Encoding.UTF8.GetBytes(text));

    public static string TextOf(LogMessage message) => Encoding.UTF8.GetString(message.Payload.Bytes.Span);

    public static ProducerId Producer(string id = "p") => ProducerId.FromStore(id);

    public void Step(ChannelInput input)
    {
        var effects = new List<ChannelEffect>();
        Machine.Step(input, Now, effects);
        foreach (var effect in effects)
        {
            Run(effect);
        }
    }

    public long Ask(Func<long, ChannelRequest> request, IActorRef? from = null)
    {
        var tag = ++_tag;
        Step(new ChannelInput.Asked(request(tag), from ?? Client) { Window = from is IActorRefScope { IsLocal: false } ? Window : null });
        return tag;
    }

    public ChannelReply? Reply(long tag) => Replies.LastOrDefault(reply => reply.Tag == tag);

    public TReply Get<TReply>(Func<long, ChannelRequest> request, IActorRef? from = null)
        where TReply : ChannelReply => Reply(Ask(request, from)).ShouldBeOfType<TReply>();

    public long Publish(string text, long? sequence = null, long? predecessor = null, string producer = "p") => Ask(tag =>
        new ChannelRequest.Publish(Name, tag, Text(text), Ann, null)
        {
            Producer = sequence is null ? null : Producer(producer), Sequence = sequence, Predecessor = predecessor,
        });

    public StreamPosition? PositionOf(long tag) => Reply(tag).ShouldBeOfType<ChannelReply.Published>().Position;

    /// <summary>Commits one append after the other, or as many as are asked for.</summary>
    public void Commit(int most = int.MaxValue)
    {
        for (var i = 0; i < most && Log.Sent.Count > 0; i++)
        {
            Hear(Log.Commit());
        }
    }

    /// <summary>Publishes and commits messages named by their offsets.</summary>
    public void Fill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Publish($"m{Log.Head + 1}");
            Commit();
        }
    }

    public void Fail(int written = 0) => Hear(Log.Fail(written));

    public void Lose() => Hear(Log.Lose());

    public void FailFull() => Hear(Log.FailFull());

    public void Recover(int snapshotAt = 0)
    {
        foreach (var news in Log.Recover(snapshotAt))
        {
            Hear(news);
        }
    }

    /// <summary>The channel starts anew with the same log.</summary>
    public void Restart(int snapshotAt = 0)
    {
        if (Log.IsUp)
        {
            Log.Fail(0);
        }

        Listening.Clear();
        Machine = new ChannelMachine(Name, Space, Policy, new Epoch(6), Now, reports: _reports);
        Recover(snapshotAt);
    }

    public void Hear(LogNews news) => Step(new ChannelInput.Log(news));

    public IActorRef Listen(string node = "a", long attempt = 1, PresenceSnapshot? known = null, IActorRef? feed = null)
    {
        feed ??= new SilentRef("feed-" + node);
        Listening.Add(node);
        Get<ChannelReply.Listening>(tag => new ChannelRequest.Listen(Name, tag, Feed(node), attempt) { Known = known }, feed);
        return feed;
    }

    public ChannelReply.Page Read(long after, int limit = 100, Epoch? epoch = null) => Get<ChannelReply.Page>(
        tag => new ChannelRequest.Read(Name, tag, new StreamPosition(epoch ?? Machine.Log.Epoch, after), limit, int.MaxValue));

    public ChannelReply.Subscribed Subscribe(StartFrom from, int page = 100) =>
        Get<ChannelReply.Subscribed>(tag => new ChannelRequest.Subscribe(Name, tag, from, page, int.MaxValue, WantsRoster: true));

    public void ServeReads()
    {
        var reads = Reads.ToList();
        Reads.Clear();
        reads.ForEach(Serve);
    }

    private void Run(ChannelEffect effect)
    {
        switch (effect)
        {
            case ChannelEffect.Send { Message: ChannelReply reply } send:
                Replies.Add(reply);
                Sent?.Invoke(send.To, reply);
                break;
            case ChannelEffect.Send { Message: ChannelNews news } send:
                News.Add((send.To, news));
                Sent?.Invoke(send.To, news);
                break;
            case ChannelEffect.Append or ChannelEffect.ReadLog or ChannelEffect.FindTime or ChannelEffect.Snapshot when Space.Durability is not Durability.Journal:
                throw new InvalidOperationException($"{effect}: the channel has no log that could do it");
            case ChannelEffect.Append append:
                Step(new ChannelInput.Appended(Log.Append(append.Event)));
                break;
            case ChannelEffect.ReadLog or ChannelEffect.FindTime when ServesReads:
                Serve(effect);
                break;
            case ChannelEffect.ReadLog or ChannelEffect.FindTime:
                Reads.Add(effect);
                break;
            default:
                Others.Add(effect);
                break;
        }
    }

    private void Serve(ChannelEffect effect) => Hear(effect switch
    {
        ChannelEffect.ReadLog read => Log.Read(read.Tag, read.From, read.MostMessages, read.MostBytes),
        ChannelEffect.FindTime find => Log.Find(find.Tag, find.At),
        _ => throw new InvalidOperationException($"{effect} reads nothing"),
    });
}
