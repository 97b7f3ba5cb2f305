namespace Realtime.Tests.EndToEnd;

/// <summary>A client that has nothing to do with what goes on beside it: it publishes all the time, and each of its publishes is acknowledged and comes back.</summary>
internal sealed class Neighbour : IAsyncDisposable
{
    private readonly RawClient _client;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _talking;
    private int _published;

    private Neighbour(RawClient client)
    {
        _client = client;
        _talking = TalkAsync();
    }

    /// <param name="client">Subscribed to <c>board:neighbour</c>.</param>
    public static Neighbour Of(RawClient client) => new(client);

    public const string Subscription = "\"subscriptions\":[{\"channel\":\"board:neighbour\"}]";

    /// <summary>It was served before and is still.</summary>
    public async Task IsServedAsync()
    {
        var before = Volatile.Read(ref _published);
        await Support.Soon.IsTrueAsync(() => _talking.IsCompleted || Volatile.Read(ref _published) > before + 1, "the neighbour's next publish");
        _talking.IsFaulted.ShouldBeFalse(_talking.Exception?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _talking;
        (await _client.MessagesAsync("board:neighbour", _published)).Select(message => (int)message["data"]!).ShouldBe(Enumerable.Range(1, _published));
        await _client.DisposeAsync();
        _over.Dispose();
    }

    private async Task TalkAsync()
    {
        for (var id = 2; !_over.IsCancellationRequested; id++)
        {
            (await LimitStage.AskAsync(_client, $$"""{"type":"publish","id":{{id}},"channel":"board:neighbour","data":{{id - 1}}}""")).ShouldBe("reply");
            Interlocked.Increment(ref _published);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }
}
