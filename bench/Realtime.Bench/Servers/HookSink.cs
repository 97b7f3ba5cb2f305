using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Realtime.Bench.Servers;

/// <summary>An application's endpoint that allows everything at once and counts what it is asked and told.</summary>
internal sealed class HookSink : IDisposable
{
    private const string HookHeader = "Realtime-Hook";
    private const string IdHeader = "Realtime-Id";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, byte> _events = [];
    private long _decisions;

    public HookSink()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        for (var i = 0; i < Environment.ProcessorCount * 2; i++)
            _ = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>By their ids: one that comes twice is one.</summary>
    public int Events => _events.Count;

    public long Decisions => Interlocked.Read(ref _decisions);

    public void Dispose() => ((IDisposable)_listener).Dispose();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await context.Request.InputStream.CopyToAsync(Stream.Null);
            if (context.Request.Headers[HookHeader] == "event")
                _events.TryAdd(context.Request.Headers[IdHeader]!, 0);
            else
                Interlocked.Increment(ref _decisions);
            context.Response.StatusCode = 204;
            context.Response.Close();
        }
    }
}
