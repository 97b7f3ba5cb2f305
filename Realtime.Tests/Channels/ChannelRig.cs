using System.Text;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>A channel's machine between a model of the store, whose answers a test decides, and askers that keep what they were told.</summary>
internal sealed class ChannelRig : IReplyReceiver
{
    public static readonly ChannelName Name = ChannelName.Parse("chat:room");
    public static readonly NodeId Node = new("one");
    public static readonly SessionId Ann = new(1);

    private readonly NamespacePolicy _space;
    private readonly ChannelPolicy _policy;
    private readonly List<ChannelEffect> _effects = [];
    private long _lastTag;

    public ChannelRig(NamespacePolicy? space = null, ChannelPolicy? policy = null)
    {
        _space = space ?? new NamespacePolicy("chat");
        _policy = policy ?? new ChannelPolicy();
        Open(null);
    }

    public ChannelMachine Machine { get; private set; } = null!;

    public ModelLog Store { get; private set; } = new();

    public long Now { get; set; } = 1_000_000;

    public Dictionary<long, EntityReply> Answers { get; } = [];

    /// <summary>Called with each answer as it is given.</summary>
    public Action<long, EntityReply>? Answered { get; set; }

    public List<ChannelNews> News { get; } = [];

    /// <summary>Called with each word to the listeners as it is told.</summary>
    public Action<ChannelNews>? Told { get; set; }

    /// <summary>Appends the store has not answered yet.</summary>
    public List<AppendRequest> Appends { get; } = [];

    public List<LogRead> Reads { get; } = [];

    public List<ChannelEffect.FindTime> Searches { get; } = [];

    public bool InDoubt { get; private set; }

    /// <summary>In whose name the channel is run.</summary>
    public ChannelOwner Owner { get; set; }

    /// <summary>Which nodes listen, as the shell hears of it.</summary>
    public Dictionary<NodeId, long> Heard { get; } = [];

    /// <summary>What the machine gave back for the next owner.</summary>
    public List<(ChannelRequest Request, ReplyTo From)> HandedOver { get; } = [];

    /// <summary>Who was asked whether it is here.</summary>
    public List<SessionId> Probed { get; } = [];

    public bool WasFenced { get; private set; }

    public string? GaveUp { get; private set; }

    public static ProducerId Producer(string text = "p-1")
    {
        ProducerId.TryParse(text, out var id).ShouldBeTrue();
        return id;
    }

    public static Payload Text(string text) => new(Encoding.UTF8.GetBytes($"\"{text}\""));

    public static string TextOf(LogMessage message) => Encoding.UTF8.GetString(message.Payload.Bytes.Span)[1..^1];

    public void OnReply(long tag, EntityReply reply)
    {
        Answers.TryAdd(tag, reply).ShouldBeTrue($"request {tag} is answered twice");
        Answered?.Invoke(tag, reply);
    }

    /// <summary>The process is gone and another one loads the channel: what the machine alone knew is lost.</summary>
    public void Reopen()
    {
        Appends.Clear();
        Reads.Clear();
        Searches.Clear();
        InDoubt = false;
        GaveUp = null;
        Open(null);
    }

    /// <summary>The log is born anew, under another epoch.</summary>
    public void Rebirth()
    {
        Store = new ModelLog(Store.Epoch.Value + 1);
        Reopen();
    }

    public long Ask(ChannelRequest request)
    {
        Step(new ChannelInput.Asked(request, new ReplyTo(this, ++_lastTag)));
        return _lastTag;
    }

    public long Publish(string text, long? sequence = null, string producer = "p-1", bool echo = true) =>
        Ask(new ChannelRequest.Publish(Text(text), Ann, null)
        {
            Producer = sequence is null ? null : Producer(producer), Sequence = sequence, Echo = echo,
        });

    /// <summary>Asks, lets the store answer what it is asked on the way, and gives the answer.</summary>
    public T Get<T>(ChannelRequest request)
        where T : EntityReply
    {
        var tag = Ask(request);
        ServeReads();
        return Answers[tag].ShouldBeOfType<T>();
    }

    public StreamPosition? PositionOf(long tag) => Answers[tag].ShouldBeOfType<ChannelReply.Published>().Position;

    public EntityReply.Refused RefusalOf(long tag) => Answers[tag].ShouldBeOfType<EntityReply.Refused>();

    /// <summary>The oldest append is answered; it is in the store only if it was committed.</summary>
    public void Write(WriteOutcome outcome = WriteOutcome.Committed)
    {
        var append = TakeAppend();
        if (outcome is WriteOutcome.Committed)
        {
            Store.Append(append).ShouldBeTrue();
        }

        Step(new ChannelInput.Written(append, outcome));
    }

    /// <summary>The answer to the oldest append is lost.</summary>
    public void LoseAnswer(bool wasWritten)
    {
        var append = TakeAppend();
        if (wasWritten)
        {
            Store.Append(append).ShouldBeTrue();
        }

        Step(new ChannelInput.Written(append, WriteOutcome.Unknown));
    }

    public void Resolve()
    {
        InDoubt.ShouldBeTrue();
        InDoubt = false;
        Step(new ChannelInput.HeadKnown(Store.Head));
    }

    /// <summary>Publishes and commits, one by one.</summary>
    public void Fill(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Publish($"m{Machine.Log.Head + 1}");
            if (Appends.Count > 0)
            {
                Write();
            }
        }
    }

    public void ServeReads()
    {
        while (Reads.Count + Searches.Count > 0)
        {
            if (Reads.Count > 0)
            {
                var read = Reads[0];
                Reads.RemoveAt(0);
                Step(new ChannelInput.SliceRead(read, Store.Read(read.After, read.Limit, read.MaxBytes)));
                continue;
            }

            var search = Searches[0];
            Searches.RemoveAt(0);
            Step(new ChannelInput.TimeFound(search.To, search.Request, Store.OffsetBefore(search.At)));
        }
    }

    /// <summary>Each step is a turn of its own, as for a channel with little to do.</summary>
    public bool EndsTurns { get; set; } = true;

    public void Step(ChannelInput input)
    {
        _effects.Clear();
        Machine.Step(input, Now, _effects);
        if (EndsTurns && Machine.HasPublishesAtHand)
        {
            Machine.Step(ChannelInput.TurnEnded.Instance, Now, _effects);
        }

        DoEffects();
    }

    private void DoEffects()
    {
        var effects = _effects.ToArray();
        _effects.Clear();
        foreach (var effect in effects)
        {
            GaveUp.ShouldBeNull("a machine that gave up must not ask for more");
            switch (effect)
            {
                case ChannelEffect.Reply reply:
                    reply.To.Send(reply.Message);
                    break;
                case ChannelEffect.Probe probe:
                    Probed.Add(probe.Session);
                    break;
                case ChannelEffect.Append append:
                    Appends.Add(append.Request);
                    break;
                case ChannelEffect.Tell tell:
                    News.Add(tell.News);
                    Told?.Invoke(tell.News);
                    break;
                case ChannelEffect.ReadStore read:
                    Reads.Add(read.Read);
                    break;
                case ChannelEffect.FindTime find:
                    Searches.Add(find);
                    break;
                case ChannelEffect.Resolve:
                    InDoubt = true;
                    break;
                case ChannelEffect.Heard { Generation: { } generation } heard:
                    Heard[heard.Node] = generation;
                    break;
                case ChannelEffect.Heard heard:
                    Heard.Remove(heard.Node).ShouldBeTrue();
                    break;
                case ChannelEffect.HandOver handOver:
                    HandedOver.Add((handOver.Request, handOver.From));
                    break;
                case ChannelEffect.Fenced:
                    WasFenced = true;
                    break;
                case ChannelEffect.GiveUp giveUp:
                    GaveUp = giveUp.Reason;
                    break;
                default:
                    throw new InvalidOperationException($"{effect} has no arm");
            }
        }
    }

    /// <param name="state">What the owner before handed over.</param>
    public void Open(ChannelState? state)
    {
        WasFenced = false;
        Machine = new ChannelMachine(Name, _space, _policy);
        Heard.Clear();
        Machine.Open(Store.Open(), Owner, state, Now, _effects);
        DoEffects();
    }

    public AppendRequest TakeAppend()
    {
        var append = Appends[0];
        Appends.RemoveAt(0);
        return append;
    }
}
