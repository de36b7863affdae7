import { createServer } from 'node:http';

// In the place of the inline service: tells its process and one of its settings.
const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(3);
  response.end(`${process.pid} ${process.env.GREETING}`);
});
server.listen(Number(process.env.PORT), process.env.HOST);
