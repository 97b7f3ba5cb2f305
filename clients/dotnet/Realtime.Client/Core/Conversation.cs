using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>What is said over the attached link: the application's requests, and the subscriptions made again on each link.</summary>
internal sealed class Conversation
{
    private readonly List<ClientEffect> _effects;
    private ClientLimits? _limits;
    private int _link;

    public Conversation(ClientSettings settings, List<ClientEffect> effects)
    {
        _effects = effects;
        Attempts = new AttemptCount(settings.Memory.Attempt, settings.Born);
        Requests = new RequestBook(settings.Memory.NextSequence, settings.QueueLimit);
        Channels = new SubscriptionBook(
            settings.Memory.Positions.Select(pair => KeyValuePair.Create(pair.Key, Position.Parse(pair.Value))),
            Requests.NextId);
    }

    public AttemptCount Attempts { get; }

    public RequestBook Requests { get; }

    public SubscriptionBook Channels { get; }

    /// <summary>When something refused for now is to be asked again.</summary>
    public TimeSpan? Deadline => new[] { Requests.Deadline, Channels.Deadline }.Min();

    /// <summary>Whether a request or a subscription of the application waits for a connection.</summary>
    public bool NeedsConnection => !Requests.IsEmpty || Channels.AnyWanted;

    /// <summary>The session is attached on another link; the former one, if any, may still answer.</summary>
    public void Attached(int link, int former, ServerFrame.Welcome welcome, TimeSpan now)
    {
        _link = link;
        _limits = welcome.Limits;
        if (former != 0)
        {
            Requests.MoveFrom(former);
        }

        Channels.Welcomed(link, welcome.Subscriptions, Requests.IsLeaving, _effects);
        Requests.SendUnsubscribes(link, _effects);
        SendWaiting(now);
    }

    public void Gone(int link)
    {
        if (link == _link)
        {
            _link = 0;
            Channels.LinkLost();
        }

        Requests.LinkLost(link, _effects);
    }

    public void Ask(Request request)
    {
        if (request is { Kind: RequestKind.Unsubscribe, Channel: { } channel })
        {
            Channels.Remove(channel, _effects);
        }

        Requests.Add(request, _effects);
    }

    /// <summary>What comes out of channels. False when a message is missing before this one.</summary>
    public bool Take(int link, ServerFrame frame)
    {
        switch (frame)
        {
            case ServerFrame.Message message:
                return Channels.Message(link, message, _effects);
            case ServerFrame.Gap gap:
                Channels.Gap(link, gap, _effects);
                break;
            case ServerFrame.Presence presence:
                Channels.Presence(link, presence, presence.Channel, _effects);
                break;
            case ServerFrame.Roster roster:
                Channels.Presence(link, roster, roster.Channel, _effects);
                break;
            case ServerFrame.Subscribed subscribed when link == _link:
                Channels.Subscribed(link, subscribed, _effects);
                break;
            case ServerFrame.Unsubscribed unsubscribed:
                Channels.Unsubscribed(link, unsubscribed, _effects);
                break;
        }

        return true;
    }

    /// <summary>The application's request that the reply answers; null when it is none's.</summary>
    public Request? Answered(int link, ServerFrame.Reply reply)
    {
        if ((link == _link && Channels.Answered(link, reply, _effects)) || Requests.Answered(reply.Id) is not { } request)
        {
            return null;
        }

        Channels.Granted(request);
        _effects.Add(new ClientEffect.Answer(request, reply.Body));
        return request;
    }

    public void Refused(long id, Fault fault, Moment at)
    {
        if (!Channels.Refused(id, fault, at, _effects))
        {
            Requests.Refused(id, fault, at, _effects);
        }
    }

    /// <summary>Sends what may be sent now.</summary>
    public void SendWaiting(TimeSpan now)
    {
        if (_link != 0 && _limits is { } limits)
        {
            Channels.Ask(_link, now, _effects);
            Requests.Pump(_link, now, limits, _effects);
        }
    }

    public void End(Fault fault)
    {
        _link = 0;
        Requests.FailAll(fault, _effects);
        Channels.EndAll(fault, _effects);
    }
}
