namespace Realtime.Node.Connections;

/// <summary>
/// Asks the feeds of a connection's channels where its subscriptions stand. By message, because that is the feeds' own business and changes under everybody else's eyes;
/// with a deadline, because a feed that is busy is what operators look for.
/// </summary>
internal sealed class ConnectionInspection(Relay relay, TimeProvider time)
{
    /// <summary>Within what an operator's request waits for a node.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>Null when the connection stands for no session (any more).</returns>
    public async Task<ConnectionAccount?> OfAsync(Connection connection, CancellationToken cancellation)
    {
        if (connection.Session is not { IsNone: false } session)
        {
            return null;
        }

        var asked = new List<Task<LiveSubscription?>>();
        foreach (var subscriber in connection.Subscribers())
        {
            var answer = new TaskCompletionSource<LiveSubscription?>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (relay.Tell(subscriber.Channel, new FeedInput.Inspect(subscriber, answer)))
            {
                asked.Add(answer.Task);
            }
        }

        try
        {
            await Task.WhenAll(asked).WaitAsync(Patience, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Those that have answered are told; a subscription that is missing is one whose feed is busy.
        }

        var live = new List<LiveSubscription>(asked.Count);
        foreach (var task in asked)
        {
            if (task.IsCompletedSuccessfully && await task.ConfigureAwait(false) is { } subscription)
            {
                live.Add(subscription);
            }
        }

        return new ConnectionAccount(connection.Id, session, connection.QueuedBytes, live);
    }
}
