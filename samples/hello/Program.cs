using System.Security.Cryptography;
using Hello;
using Realtime.Node.Application;
using Realtime.Node.Hosting;

var builder = WebApplication.CreateBuilder(args);
var realtime = builder.AddRealtime(options =>
{
    options.Store = "memory";
    options.Namespaces["chat"] = new() { Presence = true };
});
realtime.OnPublish("chat:*", (Line line) => line.Text.Contains("spam", StringComparison.OrdinalIgnoreCase) ? Decision.Refuse("no advertising, please") : Decision.Allow);
realtime.OnCall("roll", (Roll roll) => new { rolled = RandomNumberGenerator.GetInt32(1, roll.Sides + 1) });

var app = builder.Build();
app.MapRealtime();
app.MapPost("/announce", (Line line, IRealtime server) => server.PublishAsync("chat:lobby", line));
app.MapGet("/", () => Results.Content(HelloPage.Html, "text/html; charset=utf-8"));
app.Run();
