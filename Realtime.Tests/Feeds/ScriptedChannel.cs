using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Feeds;

/// <summary>
/// A channel whose requests and answers travel only when the test says so: they can be lost, its owner can change while they are on their
/// way, and a former owner may go on speaking. Also the node of an owner that is elsewhere.
/// </summary>
internal sealed class ScriptedChannel : INodeActors
{
    private readonly NamespacePolicy _space;
    private readonly int _history;
    private readonly Queue<(ChannelRequest Request, IActorRef From)> _requests = new();
    private ulong _lastEpoch = 70;

    /// <param name="isLocal">Whether its first owner is on the feeds' node.</param>
    public ScriptedChannel(NamespacePolicy space, int history = 1000, int rosterPage = 2, bool isLocal = true)
    {
        _space = space;
        _history = history;
        Region = new CallbackRef("region", (message, sender) =>
        {
            Asked.Add((ChannelRequest)message);
            _requests.Enqueue(((ChannelRequest)message, sender));
        });
        Renewals = new CallbackRef("renewals", (message, hub) => Renew((HubMessage.Renew)message, hub));
        Life = NewLife();
        Roster = space.Presence ? new ScriptedRoster(rosterPage) : null;
        Owners.Add(new ChannelOwner(0, isLocal) { Life = space.KeepsLog ? Life : null });
    }

    public static ChannelName Name { get; } = ChannelName.Parse("chat:room");

    public IActorRef Region { get; }

    /// <summary>What the owner's node answers hubs of other nodes with.</summary>
    public IActorRef Renewals { get; }

    /// <summary>Pages that came to the owner's node, and arrived.</summary>
    public List<HubMessage.Renew> Pages { get; } = [];

    /// <summary>Nothing comes to the owner's node from hubs.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Everything that came through the region.</summary>
    public List<ChannelRequest> Asked { get; } = [];

    /// <summary>The present one is the last.</summary>
    public List<ChannelOwner> Owners { get; } = [];

    public ChannelOwner Owner => Owners[^1];

    /// <summary>Whether the feed has heard from a later owner.</summary>
    public bool IsSucceeded(ChannelOwner owner) =>
        Owners.Skip(Owners.IndexOf(owner) + 1).Any(later => later.AnsweredAttempt > owner.AnsweredAttempt);

    public LogLife Life { get; private set; }

    public ScriptedRoster? Roster { get; }

    public StreamPosition Head => Life.Head;

    public Dictionary<Epoch, LogLife> Lives { get; } = [];

    public int Unanswered => _requests.Count;

    public static Payload Text(string text) => new(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(text));

    public static string TextOf(LogMessage message) => System.Text.Json.JsonSerializer.Deserialize<string>(message.Payload.Bytes.Span)!;

    /// <summary>One batch of messages is committed, and said to the feed.</summary>
    public void Publish(int count, Func<int, LogMessage> make)
    {
        var batch = new List<LogMessage>();
        for (var i = 0; i < count; i++)
        {
            batch.Add(_space.KeepsLog ? make(i) with { Offset = Life.All.Count + 1 } : make(i));
            Life.All.Add(batch[^1]);
        }

        Owner.Say(new ChannelNews.Batch(Name, _space.KeepsLog ? Life.Epoch : default, batch));
    }

    public void Publish(string text, SessionId from = default, bool echo = true, string? key = null) => Publish(1, _ =>
        new LogMessage(0, Text(text), 0, from) { Echo = echo, Tags = key is null ? [] : [KeyValuePair.Create("key", key)] });

    /// <summary>Another actor owns the channel from now on.</summary>
    /// <param name="tells">The former one tells its feed; otherwise it died, or does not know.</param>
    public void MoveOwner(bool tells, bool isReborn = false, bool isLocal = true)
    {
        var former = Owner;
        if (tells)
        {
            former.Say(new ChannelNews.Moved(Name));
        }

        former.IsDead = true;
        Life = isReborn ? NewLife() : Life;
        Owners.Add(new ChannelOwner(Owners.Count, isLocal) { Life = _space.KeepsLog ? Life : null });
    }

    /// <summary>The log goes on in another life under the same owner.</summary>
    public void Reborn()
    {
        Life = NewLife();
        Owner.Life = Life;
        Owner.Say(new ChannelNews.Head(Name, Head));
    }

    ICanTell INodeActors.Find(Address node, string name) => name == HubMessage.Renewals ? Renewals : ActorRefs.Nobody;

    /// <summary>The next request is lost.</summary>
    public void LoseRequest() => _requests.TryDequeue(out _);

    /// <summary>The present owner answers the next request.</summary>
    public void Answer()
    {
        if (_requests.TryDequeue(out var next))
        {
            Answer(next.Request, next.From);
        }
    }

    /// <summary>The present owner refuses the next request.</summary>
    public void Refuse(ErrorCode code)
    {
        if (_requests.TryDequeue(out var next))
        {
            Owner.Say(new ChannelReply.Refused(next.Request.Tag, code, "refused by the test", 1000), next.From);
        }
    }

    /// <summary>Answers and delivers until nothing is on its way.</summary>
    /// <param name="requests">Answers so many at most.</param>
    public void Settle(int requests = int.MaxValue)
    {
        for (var rounds = 0; (Unanswered > 0 && requests > 0) || Owners.Exists(owner => owner.Undelivered > 0); rounds++)
        {
            rounds.ShouldBeLessThan(100_000, "a feed must not ask without end");
            if (requests-- > 0)
            {
                Answer();
            }

            Owners.ForEach(owner => owner.Deliver());
        }
    }

    private void Renew(HubMessage.Renew page, IActorRef hub)
    {
        if (IsCutOff)
        {
            return;
        }

        Pages.Add(page);
        hub.Tell(new HubMessage.Renewed(page.Page, Owner.IsDead ? [.. page.Channels.Select(channel => channel.Attempt)] : []), Renewals);
        foreach (var (name, attempt, progress) in page.Channels)
        {
            Owner.Ref.Tell(new ChannelRequest.Renew(name, attempt, page.Feed, attempt) { Progress = progress }, hub);
        }
    }

    private void Answer(ChannelRequest request, IActorRef from)
    {
        switch (request)
        {
            case ChannelRequest.Listen listen:
                Owner.Listen(listen, from, Roster);
                break;
            case ChannelRequest.Unlisten unlisten:
                Owner.Unlisten(unlisten, from);
                break;
            case ChannelRequest.Subscribe subscribe:
                Owner.Say(Place(subscribe), from);
                break;
            case ChannelRequest.Read read:
                var gap = Life.GapAfter(read.After);
                var page = Life.PageAfter((gap?.Position ?? read.After).Offset, 4);
                Owner.Say(new ChannelReply.Page(read.Tag, read.After, page, Head, gap), from);
                break;
            case ChannelRequest.Claim claim:
                Say(PresenceChange.Joined, Roster!.Claim(claim.Claims));
                Owner.Say(new ChannelReply.Noted(claim.Tag), from);
                break;
            case ChannelRequest.Withdraw withdraw:
                Say(PresenceChange.Left, Roster!.Withdraw(withdraw.Session, withdraw.Stamp));
                Owner.Say(new ChannelReply.Noted(withdraw.Tag), from);
                break;
            case ChannelRequest.ReadRoster read:
                Owner.Say(new ChannelReply.RosterPage(read.Tag, Roster!.Page(read.After)), from);
                break;
            default:
                throw new NotSupportedException($"{request} is not what a feed sends through the region");
        }
    }

    private void Say(PresenceChange change, IReadOnlyList<Member> members)
    {
        if (members.Count > 0)
        {
            Owner.Say(new ChannelNews.Presence(Name, change, members, Roster!.Members.Count(), Roster.Revision));
        }
    }

    private ChannelReply.Subscribed Place(ChannelRequest.Subscribe subscribe)
    {
        var gap = subscribe.From is StartFrom.At at ? Life.GapAfter(at.Position) : null;
        var position = subscribe.From switch
        {
            StartFrom.At wish => gap?.Position ?? wish.Position,
            StartFrom.Beginning => new StreamPosition(Life.Epoch, Life.Tail),
            StartFrom.Last last => new StreamPosition(Life.Epoch, Math.Max(Life.Tail, Life.All.Count - last.Count)),
            _ => Head,
        };
        var recovered = subscribe.From is StartFrom.At ? gap is null : (bool?)null;
        return new ChannelReply.Subscribed(subscribe.Tag, position, Head, recovered, gap, Life.PageAfter(position.Offset, 4), null);
    }

    private LogLife NewLife()
    {
        var life = new LogLife(++_lastEpoch, _history);
        Lives.Add(life.Epoch, life);
        return life;
    }
}
