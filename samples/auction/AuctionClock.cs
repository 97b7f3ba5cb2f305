using Realtime.Node.Application;

namespace Auction;

/// <summary>The clock of the house, by which all pages count down, and what happens when a lot's time is over.</summary>
internal sealed class AuctionClock(Lots lots, IRealtime realtime, TimeProvider time, IHostApplicationLifetime life) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var whenStarted = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await realtime.PublishAsync("clock:house", new { now = time.GetUtcNow().ToUnixTimeMilliseconds() }, cancellation: stoppingToken);
            foreach (var lot in lots.Renew(Pause))
            {
                await realtime.PublishAsync(lot.Channel, lot, cancellation: stoppingToken);
            }
        }
    }
}
