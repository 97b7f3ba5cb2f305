using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Realtime.Bench.Load;

/// <summary>The coordinator's end of one load process: commands go to its standard input, events come from its standard output.</summary>
internal sealed class LoadWorker : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<LoadEvent> _events = Channel.CreateUnbounded<LoadEvent>();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Task _reading;

    private LoadWorker(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Called for every <see cref="LoadEvent.Done"/>, which comes unasked.</summary>
    public Func<long, Task>? OnDone { get; set; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<LoadWorker> StartAsync(LoadSettings settings, string kind = LoadProcess.Argument)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(LoadWorker).Assembly.Location);
        start.ArgumentList.Add(kind);
        start.ArgumentList.Add(JsonSerializer.Serialize(settings));
        var worker = new LoadWorker(Process.Start(start) ?? throw new InvalidOperationException("The load process did not start."));
        await worker.ExpectAsync<LoadEvent.Ready>(TimeSpan.FromSeconds(20));
        return worker;
    }

    public async Task TellAsync(LoadCommand command)
    {
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<T> ExpectAsync<T>(TimeSpan within)
        where T : LoadEvent
    {
        using var deadline = new CancellationTokenSource(within, TimeProvider.System);
        try
        {
            var happened = await _events.Reader.ReadAsync(deadline.Token);
            return happened as T ?? throw new InvalidOperationException($"Expected {typeof(T).Name} of a load process, got {happened}.");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"A load process did not report {typeof(T).Name} within {within.TotalSeconds:F0} s.");
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"A load process ended while {typeof(T).Name} was expected of it.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var happened = JsonSerializer.Deserialize<LoadEvent>(line) ?? throw new InvalidOperationException("An empty event.");
            if (happened is not LoadEvent.Done done)
                await _events.Writer.WriteAsync(happened);
            else if (OnDone is not null)
                await OnDone(done.Message);
        }

        _events.Writer.Complete();
    }
}
