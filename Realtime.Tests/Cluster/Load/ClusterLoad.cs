using System.Collections.Concurrent;
using Realtime.Client;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Stage;

namespace Realtime.Tests.Cluster.Load;

/// <summary>Publishers and readers over a stage's load balancer, all in this process and so by one clock.</summary>
internal sealed class ClusterLoad : IAsyncDisposable
{
    /// <summary>Longer than a client waits between two attempts: a minute, to which many losses in a row may have brought it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<LoadPublisher> _publishers = [];
    private readonly List<LoadReader> _readers = [];
    private readonly List<LoadPasser> _passers = [];
    private readonly List<Task> _running = [];
    private readonly LoadOptions _options;
    private readonly Uri _url;
    private readonly Uri _gateway;
    private int _goodbyes;

    public ClusterLoad(ClusterStage stage, LoadOptions options, int seed, bool gentle = false)
    {
        _options = options;
        (_url, _gateway) = (stage.Url, stage.Gateway);
        History = new RunHistory
        {
            Channels = options.Channels,
            Gentle = gentle,
            Lighthouses = [.. stage.Lighthouses.Select(lighthouse => lighthouse.Name)],
            Grace = (long)(stage.Options.Grace.TotalSeconds * TimeProvider.System.TimestampFrequency),
        };
        var random = new Random(seed);
        string[] channels = [.. options.Channels.Keys.Order(StringComparer.Ordinal)];
        for (var i = 0; i < options.Publishers; i++)
        {
            var client = Client($"p{i}", random, 10_000, asks: i % 2 == 1);
            _publishers.Add(new LoadPublisher($"p{i}", i % 4 != 3, client, History, channels, options.Pace, new Random(random.Next())));
        }

        for (var i = 0; i < options.Readers; i++)
        {
            // Two of them read slowly, and keep little of what they have not read.
            var slow = i % 5 == 4;
            var client = Client($"r{i}", random, slow ? 50 : 10_000, asks: i % 2 == 1);
            _readers.Add(new LoadReader($"r{i}", client, History, options, slow ? TimeSpan.FromMilliseconds(200) : TimeSpan.Zero, new Random(random.Next())));
        }

        for (var i = 0; i < options.Passers; i++)
        {
            var own = new Random(random.Next());
            _passers.Add(new LoadPasser($"v{i}", (name, connector) => Client(name, own, 10_000, asks: own.Next(2) == 0, connector), History, options.Room, own));
        }
    }

    public RunHistory History { get; }

    public int Goodbyes => Volatile.Read(ref _goodbyes);

    public IReadOnlyList<LoadReader> Readers => _readers;

    public async Task StartAsync()
    {
        await Task.WhenAll(_publishers.Select(publisher => publisher.Client).Concat(_readers.Select(reader => reader.Client)).Select(client => client.ConnectAsync()))
            .WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        _running.AddRange(_publishers.Select(publisher => publisher.RunAsync(Patience, _stop.Token)));
        _running.AddRange(_readers.Select(reader => reader.RunAsync(_stop.Token)));
        _running.AddRange(_passers.Select(passer => passer.RunAsync(_stop.Token)));
    }

    /// <summary>No more publishes, and nobody comes or goes; ends when every publish is answered or given up.</summary>
    public async Task CalmAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <summary>Whether every subscription that is open stands at its log's head, and everybody sees everybody in the room.</summary>
    public bool IsCaughtUp(FinalState final)
    {
        var everybody = string.Join(' ', _readers.Select(reader => reader.Name).Order(StringComparer.Ordinal));
        return _readers.All(reader => string.Join(' ', reader.Room) == everybody)
            && !HistoryChecker.Check(History, final).Any(violation => violation.Invariant == "I4b");
    }

    /// <summary>Readers that had to attach again more often than they may.</summary>
    public IEnumerable<Violation> Restless(int most) => History.Streams.Where(stream => stream.Channel == _options.Room)
        .Select(stream => (stream.Reader, Moves: stream.Events.OfType<StreamEvent.Subscribed>().Count() - 1))
        .Where(reader => reader.Moves > most)
        .Select(reader => new Violation("I9", $"{reader.Reader} was moved {reader.Moves} times, and {most} were allowed"));

    /// <summary>Who does not see everybody in the room.</summary>
    public IEnumerable<Violation> Strangers()
    {
        var everybody = string.Join(' ', _readers.Select(reader => reader.Name).Order(StringComparer.Ordinal));
        return _readers.Where(reader => string.Join(' ', reader.Room) != everybody)
            .Select(reader => new Violation("presence", $"{reader.Name} ({reader.Client.State}, on {reader.Client.Node}) sees {string.Join(' ', reader.Room)} in the room instead of {everybody}"));
    }

    /// <summary>What every client is doing, for a run that hangs.</summary>
    public string States() => string.Join('\n', _publishers.Select((publisher, i) => $"p{i}: {publisher.Client.State} on {publisher.Client.Node}")
        .Concat(_readers.Select(reader => $"{reader.Name}: {reader.Client.State} on {reader.Client.Node}")));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_publishers.Select(publisher => publisher.Client).Concat(_readers.Select(reader => reader.Client)).Select(client => client.DisposeAsync().AsTask()));
        _stop.Dispose();
    }

    /// <param name="asks">Whether it asks the gateway before it connects.</param>
    private RealtimeClient Client(string name, Random random, int readAhead, bool asks, WatchedConnector? connector = null)
    {
        var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = _url,
            Gateway = asks ? _gateway : null,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            ReadAhead = readAhead,
            Connector = connector ?? new WatchedConnector(name, History),
            Random = new Random(random.Next()),
        });
        var born = new ConcurrentDictionary<string, DateTimeOffset>();
        client.StateChanged += notice =>
        {
            History.Note(name, $"{notice.State} on {client.Node}, session {client.Session?[..8]}");
            if (client.Session is { } session)
            {
                born.TryAdd(session, TimeProvider.System.GetUtcNow());
            }
        };
        client.SessionLost += lost =>
        {
            var now = TimeProvider.System.GetUtcNow();
            born.TryAdd(lost.Current, now);
            History.Lost(new SessionLoss(name, lost.Previous[..8], born.GetValueOrDefault(lost.Previous), now));
            History.Note(name, $"session lost, now {lost.Current[..8]}");
        };
        client.ErrorReceived += error => History.Note(name, error.Message);
        client.Goodbye += goodbye =>
        {
            History.Note(name, goodbye.ToString());
            Interlocked.Increment(ref _goodbyes);
            if (goodbye.IsFinal && !(name[0] == 'v' && goodbye.Reason == "ended"))
            {
                History.Trouble($"{name} was told to stay away: {goodbye}");
            }
        };
        return client;
    }
}
