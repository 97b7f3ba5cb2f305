# For those who build with Docker rather than "dotnet publish -t:PublishContainer" (docs/operations.md): the same images.
#   docker build --target node -t realtime/node:0.1.0 .
#   docker build --target lighthouse -t realtime/lighthouse:0.1.0 .
#   docker build --target pbm -t realtime/pbm:0.1.0 .

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /src

# What a restore reads, and nothing else: these layers are made anew when a dependency changes, not with every edit.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props Container.props BannedSymbols.txt LICENSE ./
COPY Realtime.Messages/Realtime.Messages.csproj Realtime.Messages/
COPY Realtime.Node/Realtime.Node.csproj Realtime.Node/
COPY lighthouse/lighthouse.csproj lighthouse/
COPY pbm/pbm.csproj pbm/
RUN dotnet restore Realtime.Node --use-current-runtime && dotnet restore lighthouse && dotnet restore pbm

COPY .editorconfig ./
COPY clients/js/realtime.js clients/js/realtime.d.ts clients/js/
COPY Realtime.Messages/ Realtime.Messages/
COPY Realtime.Node/ Realtime.Node/
COPY lighthouse/ lighthouse/
COPY pbm/ pbm/
RUN dotnet publish Realtime.Node -c Release --use-current-runtime --no-restore -o /out/node \
 && dotnet publish lighthouse -c Release --no-restore -o /out/lighthouse \
 && dotnet publish pbm -c Release --no-restore -o /out/pbm

# No shell, no package manager, no root. Nothing is written but what Realtime:Store names.
FROM mcr.microsoft.com/dotnet/runtime:10.0-noble-chiseled AS pbm
LABEL org.opencontainers.image.licenses=Apache-2.0
WORKDIR /app
COPY --from=build /out/pbm ./
USER 1654
ENTRYPOINT ["dotnet", "pbm.dll"]

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS lighthouse
LABEL org.opencontainers.image.licenses=Apache-2.0
WORKDIR /app
COPY --from=build /out/lighthouse ./
ENV REALTIME__ADDRESS=*
USER 1654
EXPOSE 8090
ENTRYPOINT ["dotnet", "Realtime.Lighthouse.dll"]

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS node
LABEL org.opencontainers.image.licenses=Apache-2.0
WORKDIR /app
COPY --from=build /out/node ./
ENV REALTIME__ADDRESS=*
USER 1654
EXPOSE 8080
ENTRYPOINT ["dotnet", "Realtime.Node.dll"]
