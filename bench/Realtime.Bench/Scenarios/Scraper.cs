using System.Globalization;

namespace Realtime.Bench.Scenarios;

/// <summary>Reads a node's <c>/metrics</c> every 5 s, as Prometheus would, only more often.</summary>
internal sealed class Scraper : IAsyncDisposable
{
    private const int OperatorPortOffset = 1000;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _scrapes;

    public Scraper(int port) => _running = RunAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port + OperatorPortOffset}/metrics")));

    public int Scrapes => Volatile.Read(ref _scrapes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(Uri metrics)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (!(await _http.GetStringAsync(metrics, _stop.Token)).Contains("realtime_", StringComparison.Ordinal))
                    throw new BenchFailedException("The node has no metrics to scrape.");
                Interlocked.Increment(ref _scrapes);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
