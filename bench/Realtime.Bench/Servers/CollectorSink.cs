using System.Net;
using System.Net.Sockets;

namespace Realtime.Bench.Servers;

/// <summary>A collector that takes what it is sent and forgets it; counts the requests, so that a run that exported nothing cannot pass for one that costs nothing.</summary>
internal sealed class CollectorSink : IDisposable
{
    private readonly HttpListener _listener = new();
    private int _metrics;
    private int _traces;

    public CollectorSink()
    {
        // Another program may take the port between the look and the use: then this one fails, and is started again.
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = TakeAllAsync();
    }

    public string Url { get; }

    public int Metrics => Volatile.Read(ref _metrics);

    public int Traces => Volatile.Read(ref _traces);

    public void Dispose() => _listener.Close();

    private async Task TakeAllAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                await context.Request.InputStream.CopyToAsync(Stream.Null);
                Interlocked.Increment(ref context.Request.RawUrl == "/v1/traces" ? ref _traces : ref _metrics);
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
        {
            // The run is over.
        }
    }
}
