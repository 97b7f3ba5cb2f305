using System.Globalization;
using System.Text;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Connections;

/// <summary>A connection's machine with the client, the session, the channels and the clock in the test's hand.</summary>
internal sealed class ConnectionRig : ITokenVerifier, ISubscriptionTokens
{
    public static readonly SessionId Fresh = new(7);
    public static readonly Attachment Attachment = new(1, 4);
    public static readonly ChannelName Chat = ChannelName.Parse("chat:room");
    public static readonly StreamPosition Head = new(new Epoch(5), 10);

    /// <summary>When <see cref="Now"/> was 0, milliseconds since 1970.</summary>
    public const long Born = 1_700_000_000_000;

    private readonly List<ConnectionEffect> _effects = [];
    private long _sentAt;
    private long _sentBytes;

    public ConnectionRig(
        ConnectionPolicy? policy = null, IAnonymousSessions? anonymous = null, IArrivals? arrivals = null, bool claimsResume = false, IApplicationInterest? application = null)
    {
        Policy = policy ?? new ConnectionPolicy();
        Setup = new ConnectionSetup(
            new NodeId("one"), Policy,
            new NamespaceTable(
            [
                new NamespacePolicy("default"),
                new NamespacePolicy("chat") { Presence = true, MessageBytes = 100 },
                new NamespacePolicy("cursors") { Durability = Durability.None },
                new NamespacePolicy("news") { Publish = AccessRule.Nobody },
                new NamespacePolicy("club") { Publish = AccessRule.Subscribers },
                new NamespacePolicy("members") { Subscribe = AccessRule.Users, Publish = AccessRule.Users },
                new NamespacePolicy("shut") { Subscribe = AccessRule.Nobody, Publish = AccessRule.Nobody, Presence = true },
                new NamespacePolicy("@") { Publish = AccessRule.Nobody, Subscribe = AccessRule.Users },
            ]),
            this, new ResumeTokens(new Dictionary<byte, byte[]> { [1] = new byte[32] }))
        {
            Anonymous = anonymous, Arrivals = arrivals, Application = application,
        };
        Machine = new ConnectionMachine(Setup, new ConnectionId(3), Fresh, Moment, claimsResume, default(ClientAddress));
    }

    public ConnectionPolicy Policy { get; }

    public ConnectionSetup Setup { get; }

    public ConnectionMachine Machine { get; }

    public long Now { get; set; } = 50_000;

    /// <summary>What the client was sent, oldest first; taken by <see cref="Take{T}"/>.</summary>
    public List<ServerFrame> Sent { get; } = [];

    /// <summary>Attach, and requests of the client.</summary>
    public List<SessionRequest> SessionQuestions { get; } = [];

    /// <summary>What the connection itself has to say to the session.</summary>
    public List<SessionRequest> SessionWords { get; } = [];

    public List<ChannelRequest> ChannelQuestions { get; } = [];

    public List<ConnectionEffect.Join> Joins { get; } = [];

    public List<ChannelName> Begun { get; } = [];

    /// <summary>Channels whose members follow what was sent.</summary>
    public List<ChannelName> RostersDue { get; } = [];

    public List<ChannelName> Left { get; } = [];

    /// <summary>Those of <see cref="Left"/> where the session is not present any more.</summary>
    public List<ChannelName> Withdrawn { get; } = [];

    public List<ConnectionEffect.ShowPresence> Shown { get; } = [];

    public List<ConnectionEffect.SeePresence> Seeing { get; } = [];

    public List<ConnectionEffect.Describe> Descriptions { get; } = [];

    /// <summary>What was refused for a limit.</summary>
    public List<ConnectionEffect.OverLimit> OverLimits { get; } = [];

    /// <summary>What the application has not decided, oldest first.</summary>
    public List<ConnectionEffect.Ask> Questions { get; } = [];

    /// <summary>Whether the client reads as fast as it is sent to.</summary>
    public bool HasRoom { get; set; } = true;

    /// <summary>The machine waits for room.</summary>
    public bool AwaitsRoom { get; private set; }

    public ServerFrame.Goodbye? Goodbye { get; private set; }

    public bool IsAborted { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>What every token grants.</summary>
    public ChannelGrants Grants { get; set; } = ChannelGrants.None;

    private Moment Moment => new(Now, DateTimeOffset.FromUnixTimeMilliseconds(Born + Now));

    /// <summary>Any token is the name of its user, except two.</summary>
    public TokenVerdict Verify(string token, DateTimeOffset now) => token switch
    {
        "forged" => TokenVerdict.Refused(ErrorCode.Unauthorized, "no"),
        "old" => TokenVerdict.Refused(ErrorCode.TokenExpired, "too old"),
        _ => TokenVerdict.Accepted(new SessionIdentity(new UserId(token), null) { Grants = Grants }),
    };

    /// <summary>Any subscription token is the moment at which it is over, as <see cref="Now"/> counts; a word is refused.</summary>
    public SubscriptionVerdict Verify(string token, ChannelName channel, UserId? user, DateTimeOffset now) =>
        !long.TryParse(token, CultureInfo.InvariantCulture, out var until) ? SubscriptionVerdict.Refused(ErrorCode.Forbidden, "no")
        : until <= Now ? SubscriptionVerdict.Refused(ErrorCode.TokenExpired, "too old")
        : SubscriptionVerdict.Accepted(Born + until);

    public static Payload Text(string text) => new(Encoding.UTF8.GetBytes($"\"{text}\""));

    public static ProducerId Producer(string name = "p-1")
    {
        ProducerId.TryParse(name, out var id).ShouldBeTrue();
        return id;
    }

    public void Come(ClientFrame frame) => Step(new ConnectionInput.FrameReceived(frame));

    public void Step(ConnectionInput input)
    {
        _effects.Clear();
        Machine.Step(input, Moment, _effects);
        foreach (var effect in _effects)
        {
            Do(effect);
        }

        if (AwaitsRoom && HasRoom)
        {
            GiveRoom();
        }
    }

    public void GiveRoom()
    {
        AwaitsRoom = false;
        Step(new ConnectionInput.Room());
    }

    /// <summary>The session answers its oldest question.</summary>
    public void SessionAnswers(SessionReply reply)
    {
        var question = SessionQuestions[0];
        SessionQuestions.RemoveAt(0);
        Step(new ConnectionInput.SessionReplied(reply with { Tag = question.Tag }));
    }

    /// <summary>The application decides its oldest question.</summary>
    public void Decide(Verdict verdict)
    {
        var question = Questions[0];
        Questions.RemoveAt(0);
        Step(new ConnectionInput.Decided(question.Tag, verdict));
    }

    public void ChannelAnswers(ChannelReply reply)
    {
        var question = ChannelQuestions[0];
        ChannelQuestions.RemoveAt(0);
        Step(new ConnectionInput.ChannelReplied(reply with { Tag = question.Tag }));
    }

    /// <summary>The session answers everything the connection has told it.</summary>
    public void SessionHasAll()
    {
        var tags = SessionWords.Select(word => word.Tag).Where(tag => tag != 0).ToList();
        SessionWords.Clear();
        tags.ForEach(tag => Step(new ConnectionInput.SessionReplied(new SessionReply.Done(tag))));
    }

    public void FeedJoins(ChannelName channel) => Step(new ConnectionInput.Joined(channel, new SubscriptionInfo(channel, Head, Head)));

    /// <summary>Lets time pass and looks at the clock.</summary>
    public void Pass(TimeSpan time, long sentBytes = 0, bool isSending = false)
    {
        Now += (long)time.TotalMilliseconds;
        (_sentAt, _sentBytes) = (sentBytes == _sentBytes ? _sentAt : Now, sentBytes);
        Step(new ConnectionInput.Sweep(new TrafficSnapshot(sentBytes, isSending) { SentAt = _sentAt }));
    }

    public void Pass(long milliseconds) => Pass(TimeSpan.FromMilliseconds(milliseconds));

    public ServerFrame.Welcome Welcome(ClientFrame.Hello? hello = null, UserId? user = null, long? expires = null)
    {
        Come(hello ?? new ClientFrame.Hello(1));
        SessionAnswers(new SessionReply.Attached(0, Attachment, user is { } named ? new SessionIdentity(named, expires) : null));
        while (Joins.Count > 0)
        {
            var join = Joins[0];
            Joins.RemoveAt(0);
            FeedJoins(join.Channel);
        }

        var welcome = Take<ServerFrame.Welcome>();
        SessionHasAll();
        Begun.Clear();
        return welcome;
    }

    public void Subscribe(ChannelName channel, long id = 50)
    {
        Come(new ClientFrame.Subscribe(id, new SubscriptionRequest(channel)));
        Joins.RemoveAll(join => join.Channel == channel).ShouldBe(1);
        FeedJoins(channel);
        Take<ServerFrame.SubscribeReply>().Id.ShouldBe(id);
    }

    /// <summary>The only thing the client was sent since the last time.</summary>
    public T Take<T>()
        where T : ServerFrame
    {
        var frame = Sent.ShouldHaveSingleItem().ShouldBeOfType<T>();
        Sent.Clear();
        return frame;
    }

    public ServerFrame.Error Refused(long id, ErrorCode code)
    {
        var error = Take<ServerFrame.Error>();
        (error.Id, error.Code).ShouldBe((id, code));
        return error;
    }

    public void Closed(CloseCode code)
    {
        var entry = CloseRegistry.Of(code);
        Goodbye.ShouldNotBeNull().ShouldSatisfyAllConditions(
            goodbye => goodbye.Code.ShouldBe(code),
            goodbye => goodbye.Reason.ShouldBe(entry.Name),
            goodbye => (goodbye.Reconnect is not null).ShouldBe(entry.Action is not CloseAction.Final));
    }

    private void Do(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.SendToClient send:
                Sent.Add(send.Frame);
                break;
            case ConnectionEffect.SendToSession send:
                var isQuestion = send.Request
                    is SessionRequest.Attach or SessionRequest.SetState or SessionRequest.Refresh or SessionRequest.End;
                (isQuestion ? SessionQuestions : SessionWords).Add(send.Request);
                break;
            case ConnectionEffect.SendToChannel send:
                ChannelQuestions.Add(send.Request);
                break;
            case ConnectionEffect.Ask ask:
                Questions.Add(ask);
                break;
            case ConnectionEffect.AwaitRoom:
                AwaitsRoom.ShouldBeFalse("asked once");
                AwaitsRoom = true;
                break;
            case ConnectionEffect.Join join:
                Joins.Add(join);
                break;
            case ConnectionEffect.Begin begin:
                Begun.Add(begin.Channel);
                if (begin.WithRoster)
                {
                    RostersDue.Add(begin.Channel);
                }

                break;
            case ConnectionEffect.Leave leave:
                Left.Add(leave.Channel);
                if (leave.Withdraws)
                {
                    Withdrawn.Add(leave.Channel);
                }

                break;
            case ConnectionEffect.ShowPresence show:
                Shown.Add(show);
                break;
            case ConnectionEffect.SeePresence see:
                Seeing.Add(see);
                break;
            case ConnectionEffect.Describe describe:
                Descriptions.Add(describe);
                break;
            case ConnectionEffect.SendRoster roster:
                RostersDue.Add(roster.Channel);
                break;
            case ConnectionEffect.OverLimit over:
                OverLimits.Add(over);
                break;
            case ConnectionEffect.Close close:
                Goodbye.ShouldBeNull("one goodbye");
                Goodbye = close.Goodbye;
                break;
            case ConnectionEffect.Abort:
                IsAborted = true;
                break;
            case ConnectionEffect.Stop:
                IsStopped.ShouldBeFalse();
                IsStopped = true;
                if (Machine.End(Moment) is { } last)
                {
                    SessionWords.Add(last);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(effect), effect, "has no arm");
        }
    }
}
