using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Realtime.Node.Auth;

namespace Realtime.Tests.Auth;

/// <summary>A provider of keys on this machine, which answers as a test wants it to.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private KeyServer(WebApplication app)
    {
        _app = app;
        app.Run(AnswerAsync);
    }

    public string Url => _app.Urls.First();

    /// <summary>Of keys, not of the description.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public Func<HttpContext, Task> Keys { get; set; } = context => context.Response.WriteAsync("""{"keys":[]}""");

    /// <summary>What it says it is; null: as it was asked.</summary>
    public string? Issuer { get; set; }

    public string? KeysUrl { get; set; }

    public KeySource KeySet => KeySource.TryKeySet(Url + "/keys", out var source) ? source : throw new InvalidOperationException();

    public KeySource Authority => KeySource.TryAuthority(Url + "/", out var source) ? source : throw new InvalidOperationException();

    public static async Task<KeyServer> StartAsync(params SigningKey[] keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new KeyServer(builder.Build());
        server.Publish(keys);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public void Publish(params SigningKey[] keys)
    {
        var text = $$"""{"keys":[{{string.Join(',', keys.Select(key => key.Json()))}}]}""";
        Keys = context => context.Response.WriteAsync(text);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/.well-known/openid-configuration")
        {
            await context.Response.WriteAsync($$"""{"issuer":"{{Issuer ?? Url}}","jwks_uri":"{{KeysUrl ?? Url + "/keys"}}"}""");
            return;
        }

        Interlocked.Increment(ref _requests);
        await Keys(context);
    }
}
