using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Realtime.Tests.Telemetry;

/// <summary>A collector over HTTP that keeps the texts in what it is sent: names and attributes stand in the protobuf as they are.</summary>
internal sealed class CollectorStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CollectorStub(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    /// <summary>By path.</summary>
    public ConcurrentDictionary<string, ConcurrentBag<string>> Texts { get; } = new();

    /// <summary>The values of the header <c>api-key</c>.</summary>
    public ConcurrentBag<string> Keys { get; } = [];

    public static async Task<CollectorStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new CollectorStub(app);
        app.Run(stub.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return stub;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var texts = Texts.GetOrAdd(context.Request.Path, _ => []);
        Read(body.ToArray(), texts);
        Keys.Add(context.Request.Headers["api-key"].ToString());
        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>Goes through the fields; what has a length is a message, if it reads as one, and a text, if it is one.</summary>
    private static bool Read(byte[] message, ConcurrentBag<string> texts)
    {
        var input = new CodedInputStream(message);
        var found = new List<string>();
        try
        {
            while (input.ReadTag() is not 0 and var tag)
            {
                if (WireFormat.GetTagWireType(tag) is not WireFormat.WireType.LengthDelimited)
                {
                    input.SkipLastField();
                    continue;
                }

                var bytes = input.ReadBytes().ToByteArray();
                if (!bytes.AsSpan().ContainsAnyInRange<byte>(0, 31))
                {
                    found.Add(Encoding.UTF8.GetString(bytes));
                }

                Read(bytes, texts);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // It was no message: a text, or packed numbers.
            return false;
        }

        found.ForEach(texts.Add);
        return true;
    }
}
