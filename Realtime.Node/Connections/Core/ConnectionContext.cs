using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What the parts of one connection's machine share: who it stands for, what it is subscribed to, and the effects of the step.</summary>
internal sealed class ConnectionContext(ConnectionSetup setup, ConnectionId id)
{
    private readonly List<ConnectionSubscription> _subscriptions = new(1);
    private OpenRequests? _open;

    public ConnectionSetup Setup => setup;

    public ConnectionId Id => id;

    public SessionId Session { get; set; }

    public AttachNumber Attachment { get; set; }

    public SessionIdentity? Identity { get; set; }

    public UserId? User => Identity?.User;

    public ProducerId? Producer { get; set; }

    public Moment Now { get; set; }

    /// <summary>The step's effects; set by the machine for each step.</summary>
    public List<ConnectionEffect> Effects { get; set; } = [];

    public IReadOnlyList<ConnectionSubscription> Subscriptions => _subscriptions;

    public OpenRequests Open => _open ??= new OpenRequests();

    public int OpenCount => _open?.Count ?? 0;

    public ConnectionSubscription? Find(ChannelName channel)
    {
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Channel == channel)
            {
                return subscription;
            }
        }

        return null;
    }

    public bool IsSubscribed(ChannelName channel) => Find(channel) is { Stage: SubscriptionStage.Active };

    public void Add(ConnectionSubscription subscription) => _subscriptions.Add(subscription);

    public void Remove(ConnectionSubscription subscription) => _subscriptions.Remove(subscription);

    public void Send(ServerFrame frame) => Effects.Add(new ConnectionEffect.Send(frame));

    public void Refuse(long requestId, ErrorCode code, string text, int? retryAfter = null, Outcome outcome = Outcome.None) =>
        Send(new ServerFrame.Error(requestId, code, text, retryAfter, outcome));

    public void TellSession(SessionRequest request) => Effects.Add(new ConnectionEffect.TellSession(Session, request));
}
