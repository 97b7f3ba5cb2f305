using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Namespaces;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>What the parts of one connection's machine share: its session, its subscriptions, and the effects of the step.</summary>
internal sealed class ConnectionContext(ConnectionSetup setup, ConnectionId id, ClientAddress address, IQuota? quota)
{
    private long _lastTag;

    public ConnectionSetup Setup => setup;

    public ClientAddress Address => address;

    public ConnectionQuota Quota { get; } = new(setup.Policy, setup.Limits, setup.Users, quota);

    /// <summary>Milliseconds.</summary>
    public long HelloTimeout { get; } = (long)setup.Policy.HelloTimeout.TotalMilliseconds;

    public ConnectionId Id => id;

    public SessionId Session { get; set; }

    public Attachment Attachment { get; set; }

    /// <summary>The client's count of its hellos, if it keeps one.</summary>
    public long? Attempt { get; set; }

    public SessionIdentity? Identity { get; set; }

    public UserId? User => Identity?.User;

    /// <summary>From when on the session's token does not count, milliseconds since 1970.</summary>
    public long TokenEnds => Identity?.Expires ?? long.MaxValue;

    /// <summary>Who wants to do something on this channel now.</summary>
    public AccessSubject SubjectOn(ChannelName channel)
    {
        var known = Subscriptions.Find(channel);
        return new AccessSubject(
            Identity,
            IsSubscribed: known is { Stage: SubscriptionStage.Active },
            HasToken: known is { Stage: not SubscriptionStage.Leaving } && (known.ByServer || known.TokenUntil > Now.Wall.ToUnixTimeMilliseconds()));
    }

    public ProducerId? Producer { get; set; }

    /// <summary>What is counted of the session while it has no user. Null: nothing is, or it holds nothing yet.</summary>
    public AnonymousShare? Anonymous { get; private set; }

    public SubscriptionTable Subscriptions { get; } = new();

    public Moment Now { get; set; }

    /// <summary>The step's effects; set by the machine for each step.</summary>
    public List<ConnectionEffect> Effects { get; set; } = [];

    /// <summary>Marks a request and its answer; 0 is none.</summary>
    public long NextTag() => ++_lastTag;

    /// <summary>What others see of the session when it shows this.</summary>
    public Member? MemberOf(Payload? presence) => presence is { } data ? new Member(Session, User, data) : null;

    /// <summary>How long a token still counts, milliseconds; null: without end.</summary>
    public long? Left(SessionIdentity? identity) => identity?.Expires is { } end ? Math.Max(0, end - Now.Wall.ToUnixTimeMilliseconds()) : null;

    /// <param name="token">A subscription token, if one came.</param>
    /// <param name="until">Until when the one that came before counts; afterwards that of the one that came.</param>
    public Refusal? MaySubscribe(ChannelName channel, string? token, ref long? until, out NamespacePolicy? space)
    {
        space = null;
        if (channel.NeedsToken && token is not null)
        {
            var verdict = setup.SubscriptionTokens.Verify(token, channel, User, Now.Wall);
            if (verdict.Until is null)
            {
                return new Refusal(verdict.Refusal, verdict.Reason ?? "the token is refused");
            }

            until = verdict.Until;
        }

        var counts = until > Now.Wall.ToUnixTimeMilliseconds();
        var refusal = setup.Access.Check(ChannelRights.Subscribe, channel, new AccessSubject(Identity, HasToken: counts), out space);
        return refusal is { Code: ErrorCode.Forbidden } && until is not null && !counts
            ? new Refusal(ErrorCode.TokenExpired, "the token of this channel is over; bring a new one")
            : refusal;
    }

    /// <summary>The application's word is right enough: only what does not exist, or is one too many, is left out.</summary>
    public bool MayHaveByServer(ChannelName channel) =>
        setup.Namespaces.TryFind(channel, out _) && Subscriptions.Count < setup.Policy.Limits.Subscriptions;

    /// <summary>
    /// Whether a new subscription may begin there. What lies before it is read like history; a position says that the client has been there.
    /// </summary>
    /// <param name="hasToken">A subscription token speaks for it.</param>
    public Refusal? MayBegin(ChannelName channel, StartFrom? from, bool hasToken) => from is null or StartFrom.LiveEnd or StartFrom.At
        ? null
        : setup.Access.Check(ChannelRights.History, channel, new AccessSubject(Identity, IsSubscribed: true, hasToken), out _);

    public void Join(ConnectionSubscription subscription, StartFrom from)
    {
        var channel = subscription.Channel;
        subscription.SeesPresence = setup.Access.Allows(ChannelRights.Presence, channel, SubjectOn(channel) with { IsSubscribed = true });
        Effects.Add(new ConnectionEffect.Join(channel, from, MemberOf(subscription.Presence)) { SeesPresence = subscription.SeesPresence });
    }

    /// <summary>Counts what the session has, which it must be attached for.</summary>
    public void CountAnonymous(IReadOnlyList<KeyValuePair<string, Payload>> state)
    {
        if (User is null && Anonymous is null && setup.Anonymous is { } sessions)
        {
            Anonymous = new AnonymousShare(sessions, address, Session, state, Now.Ticks);
        }
    }

    /// <summary>Whether a session without a token may write this to its state now.</summary>
    public Refusal? MaySet(string key, int size)
    {
        CountAnonymous([]);
        return Anonymous?.Set(key, size, Now.Ticks);
    }

    /// <summary>Counts what the session shows already.</summary>
    public void CountShown(Payload? presence)
    {
        if (presence is { } shown)
        {
            Quota.Add(LimitKind.Presence, 1);
            CountAnonymous([]);
            Anonymous?.Shown(shown.Length);
        }
    }

    /// <summary>Whether the session may show this now.</summary>
    public Refusal? MayShow(Payload? before, Payload? after)
    {
        if (after is not { } shown)
        {
            return null;
        }

        if (before is null && MayAdd(LimitKind.Presence) is { } many)
        {
            return many;
        }

        CountAnonymous([]);
        var refusal = Anonymous?.Show(before?.Length ?? 0, shown.Length, Now.Ticks);
        if (refusal is not null && before is null)
        {
            Quota.Add(LimitKind.Presence, -1);
        }

        return refusal;
    }

    /// <summary>The connection counts as one of its user's, if it has one.</summary>
    public Refusal? EnterUser(SessionId session)
    {
        if (User is not { } user || Quota.Enter(user, session, Now.Ticks) is not var (kind, refusal))
        {
            return null;
        }

        Effects.Add(new ConnectionEffect.OverLimit(LimitScope.User, kind));
        return refusal;
    }

    /// <summary>Whether one more of these may be; it counts from now on.</summary>
    public Refusal? MayAdd(LimitKind kind)
    {
        if (Quota.TryAdd(kind) is not var (scope, refusal))
        {
            return null;
        }

        Effects.Add(new ConnectionEffect.OverLimit(scope, kind));
        return refusal;
    }

    /// <param name="isCounted">It counts already; one that is there anyway does now.</param>
    public void Add(ConnectionSubscription subscription, bool isCounted = false)
    {
        Subscriptions.Add(subscription);
        if (!isCounted)
        {
            Quota.Add(LimitKind.Subscriptions, 1);
        }
    }

    public void Remove(ConnectionSubscription subscription)
    {
        if (Subscriptions.Remove(subscription))
        {
            Quota.Add(LimitKind.Subscriptions, -1);
            Quota.Add(LimitKind.Presence, subscription.Presence is null ? 0 : -1);
            Anonymous?.Release(subscription.Presence?.Length ?? 0);
        }
    }

    public void ToClient(ServerFrame frame) => Effects.Add(new ConnectionEffect.SendToClient(frame));

    public void ToSession(SessionRequest request) => Effects.Add(new ConnectionEffect.SendToSession(request));

    public void ToChannel(ChannelRequest request) => Effects.Add(new ConnectionEffect.SendToChannel(request));

    public void Refuse(long requestId, Refusal refusal) => Refuse(requestId, refusal.Code, refusal.Text, refusal.RetryAfter);

    /// <summary>The application does not allow it, or says something that is no answer to the question.</summary>
    public void Refuse(long requestId, Verdict verdict)
    {
        var no = Verdict.NoOf(verdict);
        Refuse(requestId, no.Code, no.Text, no.RetryAfter, no.Outcome);
    }

    public void Refuse(long requestId, ErrorCode code, string text, int? retryAfter = null, Outcome outcome = Outcome.None) =>
        ToClient(new ServerFrame.Error(requestId, code, text, retryAfter, outcome));

    /// <summary>No answer came in time: the request may have been carried out, or may be yet.</summary>
    public void TimeOut(long requestId)
    {
        if (requestId != 0)
        {
            Refuse(requestId, ErrorCode.Timeout, "no answer in time", 1000, Outcome.Unknown);
        }
    }
}
