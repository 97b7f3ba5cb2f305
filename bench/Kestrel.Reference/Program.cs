using System.Globalization;
using Kestrel.Reference;

var port = args is ["--port", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 8090;

// The slim builder without a console logger: nothing between the socket and the loop, so that what is measured is Kestrel's own price.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");

var app = builder.Build();
var broadcast = new BroadcastLoop();
app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(25) });
app.MapGet("/health/ready", () => Results.Ok());
app.MapGet("/memory", () => Results.Text(GC.GetTotalMemory(forceFullCollection: false).ToString(CultureInfo.InvariantCulture)));
app.Map("/v1/connect", broadcast.ServeAsync);
await app.RunAsync();
