using Realtime.Node.Application;
using Realtime.Node.Hosting;

// A node whose application decides about the publishes of one namespace and of no other: what the question itself costs.
var builder = WebApplication.CreateBuilder(args);
builder.AddRealtime().OnPublish("benchhandled:*", (PublishContext publish) => publish.Data is null ? Decision.Refuse("no data") : Decision.Allow);
var app = builder.Build();
app.MapRealtime();
app.Run();
